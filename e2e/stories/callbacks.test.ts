import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'callbacks', callbacks: true });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const MESSAGES: Record<string, { channel: string; to: string }> = {
  twilio: { channel: 'sms', to: '+12025550101' },
  messagebird: { channel: 'sms', to: '+12025550102' },
  sendgrid: { channel: 'email', to: 'ada@example.com' },
  mailgun: { channel: 'email', to: 'bob@example.com' },
};

function message(provider: string, to = MESSAGES[provider]?.to ?? '') {
  const { channel = '' } = MESSAGES[provider] ?? {};
  return { channel, provider, payload: { to, text: 'Hello', ...(channel === 'email' && { subject: 'Hello' }) } };
}

describe('an event whose provider reports', () => {
  it.each(Object.keys(MESSAGES))('is SENT, and COMPLETED once %s has confirmed it', async (provider) => {
    const id = await system.client.accept(message(provider));

    const event = await system.client.eventually(id, 'COMPLETED');
    expect(event.history.map(({ status }) => status)).toEqual(['QUEUED', 'PROCESSING', 'SENT', 'COMPLETED']);
    expect(event.history.at(-1)?.reason).toBe('confirmed by the provider');
    expect(event.attempts).toEqual([expect.objectContaining({ number: 1, provider, outcome: 'delivered' })]);
  });

  it.each([
    ['twilio', '+12025550111'],
    ['mailgun', 'later@example.com'],
  ])(
    'is tried again when %s reports a failure that can pass; what comes late of the first try changes nothing',
    async (provider, to) => {
      await system.sandbox.reportOf(to, 'none');
      const id = await system.client.accept(message(provider, to));
      await system.client.eventually(id, 'SENT');
      expect(await system.sandbox.report(id, 'failed')).toEqual([200]);

      await until('the second try', async () => (await system.client.event(id)).attempts.length === 2);
      await system.client.eventually(id, 'SENT');
      // Of both tries, in any order.
      expect(await system.sandbox.report(id, 'delivered')).toEqual([200, 200]);
      expect(await system.sandbox.report(id, 'failed')).toEqual([200, 200]);

      const event = await system.client.eventually(id, 'COMPLETED');
      expect(event.attempts.map(({ outcome, errorClass }) => [outcome, errorClass])).toEqual([
        ['failed', 'provider_down'],
        ['delivered', undefined],
      ]);
      const way = event.history.map(({ status }) => status);
      const first = ['QUEUED', 'PROCESSING', 'SENT', 'FAILED', 'RETRYING'];
      expect(way).toEqual([...first, 'QUEUED', 'PROCESSING', 'SENT', 'COMPLETED']);
    },
  );
});

describe('an event that its provider accepts and then denies, again and again', () => {
  it.each([
    ['twilio', '+12025550131', 'messagebird'],
    ['sendgrid', 'bounces@example.com', 'mailgun'],
  ])('by %s to %s goes on to %s, which confirms it', async (first, to, next) => {
    const { client, sandbox } = system;
    await sandbox.reportOf(to, 'none');
    const id = await client.accept(message(first, to));
    for (const number of [1, 2, 3]) {
      await until(`try ${number} to be SENT`, async () => {
        const { status, attempts } = await client.event(id);
        return status === 'SENT' && attempts.length === number;
      });
      await sandbox.report(id, 'failed');
    }
    await until('the next provider', async () => (await client.event(id)).attempts.length === 4);
    await client.eventually(id, 'SENT');
    await sandbox.report(id, 'delivered');

    const event = await client.eventually(id, 'COMPLETED');
    expect(event.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      [first, 'failed'],
      [first, 'failed'],
      [first, 'failed'],
      [next, 'delivered'],
    ]);
  });
});

describe('a recipient whose messages bounce', () => {
  it.each([
    ['twilio', '+12025550121'],
    ['sendgrid', 'gone@example.com'],
  ])('by %s gets nothing more, until it is taken off the list and what was held is replayed', async (provider, to) => {
    const { client, sandbox } = system;
    await sandbox.reportOf(to, 'bounce');
    const bounced = await client.eventually(await client.accept(message(provider, to)), 'DEAD_LETTERED');
    expect(bounced.deadLetter).toMatchObject({ reason: 'rejected', errorClass: 'bad_recipient' });

    const { channel } = message(provider);
    const list = await client.get<{ suppressions: { id: string; reason: string; recipient: string }[] }>(
      `/v1/suppressions?channel=${channel}&recipient=${encodeURIComponent(to)}`,
    );
    expect(list.body.suppressions).toEqual([expect.objectContaining({ reason: 'bounce', eventId: bounced.id })]);
    expect(JSON.stringify(list.body)).not.toContain(to);

    await sandbox.reportOf(to, 'delivered');
    const held = await client.eventually(await client.accept(message(provider, to)), 'DEAD_LETTERED');
    expect(held.deadLetter).toMatchObject({ reason: 'suppressed', errorClass: 'suppressed' });
    expect(await sandbox.received({ id: held.id })).toEqual([]);

    expect((await client.delete(`/v1/suppressions/${list.body.suppressions[0]?.id}`)).status).toBe(204);
    const replay = await client.retry('POST', '/v1/dead-letters/replay', { filter: { ids: [held.id] } });
    expect(replay.status).toBe(202);
    expect((await client.eventually(held.id, 'COMPLETED')).attempts.at(-1)).toMatchObject({ outcome: 'delivered' });
    expect(await sandbox.received({ id: held.id })).toHaveLength(1);
  });

  it('one among several of an e-mail: the others get it, and the attempt says so', async () => {
    const { client, sandbox } = system;
    await client.post('/v1/suppressions', { channel: 'email', recipient: 'Nobody@example.com', note: 'left' });
    const to = ['nobody@example.com', 'carol@example.com'];
    const id = await client.accept({ ...message('mailgun'), payload: { to, subject: 'Hello', text: 'Hello' } });

    const event = await client.eventually(id, 'COMPLETED');
    expect(event.attempts).toEqual([expect.objectContaining({ detail: expect.stringContaining('suppression list') })]);
    expect((await sandbox.received({ id })).map(({ recipient }) => recipient)).toEqual(['carol@example.com']);
  });
});
