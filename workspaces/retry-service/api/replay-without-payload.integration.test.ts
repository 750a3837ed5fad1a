import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { postReplay } from './replays.ts';

const now = new Date('2030-06-30T12:00:00Z');
let database: Database;
let server: HttpServer;

beforeAll(async () => {
  database = await openStore('replay-without-payload');
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  app.post(
    '/replay',
    jsonBody(10_000),
    postReplay(database, { now: () => now }, () => undefined),
  );
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

function deadLetter(removed: boolean): EventDocument {
  const { payload, ...event } = webhookAt(now);
  const dead = { ...event, status: 'DEAD_LETTERED', deadLetter: { reason: 'exhausted', at: now } } as const;
  return (
    removed ? { ...dead, payloadRemoved: { at: now, reason: 'erasure' } } : { ...dead, payload }
  ) as EventDocument;
}

async function replay(body: object) {
  const response = await fetch(`http://127.0.0.1:${server.port}/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('dead letters whose payload is removed', () => {
  it('cannot be replayed, and who asks is told', async () => {
    const [gone, whole] = [deadLetter(true), deadLetter(false)];
    await database.events.insertMany([gone, whole]);
    expect(await replay({ filter: { ids: [gone._id] } })).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/payloads of all 1 dead letters meant are removed/) },
    });
    expect((await replay({ dryRun: true })).body).toMatchObject({ total: 2, withoutPayload: 1 });
    expect(await replay({})).toMatchObject({ status: 202, body: { matched: 2, withoutPayload: 1 } });
    expect((await replay({ filter: { ids: [whole._id] } })).body).not.toHaveProperty('withoutPayload');
  });
});
