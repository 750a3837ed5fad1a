import { Kafka, logLevel } from 'kafkajs';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'dead-letters' });
}, 120_000);
afterAll(() => system.stop(), 60_000);

interface Replay {
  replayId: string;
  status: string;
  matched: number;
  replayed: number;
  skipped: number;
  requestedBy: string;
}

const replayOf = async (id: string): Promise<Replay> =>
  (await system.client.retry<Replay>('GET', `/v1/replays/${id}`)).body;

/** Events that their receiver refuses, all dead letters when this resolves. */
async function deadLetters(path: string, count: number): Promise<string[]> {
  await system.sandbox.behave({ channel: 'webhook', match: path, action: 'reject' });
  const events = Array.from({ length: count }, (_, n) => ({
    channel: 'webhook',
    payload: { url: system.sandbox.webhook(path), body: { n } },
    eventId: `${path}-${n}`,
  }));
  const { body } = await system.client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
  const ids = body.results.map(({ id }) => id);
  await Promise.all(ids.map((id) => system.client.eventually(id, 'DEAD_LETTERED')));
  return ids;
}

describe('dead letters', () => {
  it('are listed newest first, by reason, in pages', async () => {
    const ids = await deadLetters('listed', 5);

    const first = await system.client.retry<{ deadLetters: { id: string }[]; nextCursor: string }>(
      'GET',
      '/v1/dead-letters?reason=rejected&limit=3',
    );
    const rest = await system.client.retry<{ deadLetters: { id: string }[]; nextCursor?: string }>(
      'GET',
      `/v1/dead-letters?reason=rejected&limit=3&cursor=${first.body.nextCursor}`,
    );
    const listed = [...first.body.deadLetters, ...rest.body.deadLetters].map(({ id }) => id);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    expect(rest.body.nextCursor).toBeUndefined();
  });

  it('stand on their topic, each with its reason and the trace of its event', async () => {
    const [id = ''] = await deadLetters('announced', 1);
    const { traceId } = (await system.client.get<{ traceId: string }>(`/v1/events/${id}`)).body;
    const kafka = new Kafka({ brokers: [process.env['KAFKA_BROKERS'] ?? ''], logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: `${system.topicPrefix}onlooker` });
    const letters = new Map<string, { reason: string; traceparent: string }>();
    await consumer.connect();
    await consumer.subscribe({ topic: `${system.topicPrefix}dead-letter-events`, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const letter = JSON.parse(message.value?.toString() ?? '') as { id: string; reason: string };
        letters.set(letter.id, { ...letter, traceparent: String(message.headers?.['traceparent']) });
      },
    });

    const letter = await until('the dead letter on its topic', () => letters.get(id));
    await consumer.disconnect();
    expect(letter.reason).toBe('rejected');
    expect(letter.traceparent).toContain(traceId);
    await system.sandbox.behaveWell();
    await system.client.retry('POST', '/v1/dead-letters/replay', { filter: { ids: [id] } });
    await system.client.eventually(id, 'COMPLETED');
  });

  it('are counted and left alone by a dry run', async () => {
    await deadLetters('dry', 3);

    const reply = await system.client.retry('POST', '/v1/dead-letters/replay', { dryRun: true });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      dryRun: true,
      matched: 8,
      counts: [{ channel: 'webhook', reason: 'rejected', count: 8 }],
    });
    const { body } = await system.client.retry<{ deadLetters: unknown[] }>('GET', '/v1/dead-letters');
    expect(body.deadLetters).toHaveLength(8);
  });

  it('start their attempts anew when replayed, keep their history, and are not swallowed by their idempotency key', async () => {
    const [id = ''] = await deadLetters('anew', 1);
    await system.sandbox.behaveWell();

    const reply = await system.client.retry<Replay>('POST', '/v1/dead-letters/replay', { filter: { ids: [id] } });
    expect(reply).toMatchObject({ status: 202, body: { matched: 1 } });
    const event = await system.client.eventually(id, 'COMPLETED');
    expect(event.attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'failed'],
      [2, 'delivered'],
    ]);
    expect(event.history.find(({ reason }) => reason === `replay ${reply.body.replayId}`)).toMatchObject({
      status: 'QUEUED',
      by: 'anonymous',
    });
    const replay = await until('the replay to end', async () => {
      const now = await replayOf(reply.body.replayId);
      return now.status === 'COMPLETED' && now;
    });
    expect(replay).toMatchObject({ replayed: 1, skipped: 0, requestedBy: 'anonymous' });
  });
});

describe('a replay', () => {
  it('is not stopped by an event that fails again, and does not take it up a second time', async () => {
    const bad = await deadLetters('still-bad', 1);
    const good = await deadLetters('mended', 3);
    await system.sandbox.behaveWell();
    await system.sandbox.behave({ channel: 'webhook', match: 'still-bad', action: 'reject' });

    const filter = { ids: [...bad, ...good] };
    const reply = await system.client.retry<Replay>('POST', '/v1/dead-letters/replay', { filter });
    for (const id of good) await system.client.eventually(id, 'COMPLETED');
    const replay = await until('the replay to end', async () => {
      const now = await replayOf(reply.body.replayId);
      return now.status === 'COMPLETED' && now;
    });
    expect(replay).toMatchObject({ matched: 4, replayed: 4 });
    const again = await system.client.eventually(bad[0] ?? '', 'DEAD_LETTERED');
    expect(again.attempts).toHaveLength(2);
  });

  it('keeps its rate, goes on after a kill of the retry service, and counts every event once', async () => {
    const ids = await deadLetters('rated', 40);
    await system.sandbox.behaveWell();
    const started = Date.now();
    const reply = await system.client.retry<Replay>('POST', '/v1/dead-letters/replay', {
      filter: { ids },
      ratePerSecond: 10,
    });
    await until('some to be replayed', async () => (await replayOf(reply.body.replayId)).replayed >= 4);

    const service = system.service('retry-service');
    await service.kill();
    await service.start();

    const replay = await until(
      'the replay to end',
      async () => {
        const now = await replayOf(reply.body.replayId);
        return now.status === 'COMPLETED' && now;
      },
      60_000,
    );
    expect(replay).toMatchObject({ matched: 40, replayed: 40, skipped: 0 });
    // 40 at 10 a second take 4 s, but for the first batch.
    expect(Date.now() - started).toBeGreaterThan(3_000);
    for (const id of ids) await system.client.eventually(id, 'COMPLETED');
    const arrivals = await system.sandbox.received({ channel: 'webhook' });
    expect(ids.map((id) => arrivals.filter((arrival) => arrival.id === id).length)).toEqual(ids.map(() => 1));
  }, 120_000);

  it('can be stopped; what it has not reached stays a dead letter', async () => {
    const ids = await deadLetters('stopped', 20);
    await system.sandbox.behaveWell();
    const reply = await system.client.retry<Replay>('POST', '/v1/dead-letters/replay', {
      filter: { ids },
      ratePerSecond: 2,
    });
    await until('one to be replayed', async () => (await replayOf(reply.body.replayId)).replayed >= 1);

    const stopped = await system.client.retry<Replay>('DELETE', `/v1/replays/${reply.body.replayId}`);
    expect(stopped.body.status).toBe('STOPPED');
    await until('the rest to be left', async () => {
      const { replayed } = await replayOf(reply.body.replayId);
      const statuses = await Promise.all(ids.map(async (id) => (await system.client.event(id)).status));
      return replayed < 20 && statuses.filter((status) => status === 'DEAD_LETTERED').length === 20 - replayed;
    });
  });

  it('of the former API takes the oldest dead letters and answers as its README says', async () => {
    const before = await system.client.retry<{ matched: number }>('POST', '/v1/dead-letters/replay', { dryRun: true });
    const reply = await system.client.retry('POST', '/replay-dead-letter', {});

    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({ message: 'Event Replayed', count: before.body.matched, from: 0, limit: 1_000 });
  });
});
