import { startSystem, type System } from '../system/system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'retries' });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const webhook = (path: string, more: Record<string, unknown> = {}) => ({
  channel: 'webhook',
  payload: { url: system.sandbox.webhook(path), body: { hello: 'world' } },
  ...more,
});

describe('an event whose receiver fails', () => {
  it('is tried again, later each time, until it is delivered; each failure is decided on once', async () => {
    const id = await system.client.accept(webhook('fail-2/orders'));

    const event = await system.client.eventually(id, 'COMPLETED');
    expect(event.attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'delivered'],
    ]);
    const failure = ['PROCESSING', 'FAILED', 'RETRYING', 'QUEUED'];
    const way = event.history.map(({ status }) => status);
    expect(way).toEqual(['QUEUED', ...failure, ...failure, 'PROCESSING', 'COMPLETED']);
    expect(await system.sandbox.received({ channel: 'webhook', id })).toHaveLength(1);
  });

  it('is a dead letter at once when the receiver refuses it for good', async () => {
    const id = await system.client.accept(webhook('reject'));

    const event = await system.client.eventually(id, 'DEAD_LETTERED');
    expect(event.attempts).toHaveLength(1);
    expect(event.deadLetter).toMatchObject({ reason: 'rejected', errorClass: 'rejected' });
  });

  it('waits at least as long as a Retry-After asks', async () => {
    await system.sandbox.behave({
      channel: 'webhook',
      match: 'busy-for-3',
      action: 'rate-limit',
      times: 1,
      retryAfter: 3,
    });
    const id = await system.client.accept(webhook('busy-for-3'));

    const event = await system.client.eventually(id, 'COMPLETED');
    const [first, second] = event.attempts;
    expect(first).toMatchObject({ outcome: 'failed', errorClass: 'rate_limited' });
    const waited = Date.parse(second?.startedAt ?? '') - Date.parse(first?.startedAt ?? '');
    expect(waited).toBeGreaterThanOrEqual(3_000);
  });

  it('is sent again under the same id when its receiver took it and hung up without an answer', async () => {
    await system.sandbox.behave({ channel: 'webhook', match: 'lost-answer', action: 'drop', times: 1 });
    const id = await system.client.accept(webhook('lost-answer'));

    const event = await system.client.eventually(id, 'COMPLETED');
    expect(event.attempts[0]).toMatchObject({ errorClass: 'unknown_outcome' });
    const arrivals = await system.sandbox.received({ channel: 'webhook', id });
    expect(arrivals.map(({ headers }) => headers?.['webhook-id'])).toEqual([id, id]);
  });

  it('is held for a person, not sent again, when it is a text message that may have gone out', async () => {
    await system.sandbox.behave({ channel: 'sms', match: '+12025550177', action: 'drop' });
    const id = await system.client.accept({ channel: 'sms', payload: { to: '+12025550177', text: 'costs money' } });

    const event = await system.client.eventually(id, 'DEAD_LETTERED');
    expect(event.deadLetter).toMatchObject({ reason: 'unknown_outcome' });
    expect(event.attempts).toHaveLength(1);
  });

  it('does not say delivered of an e-mail that the server refused', async () => {
    const id = await system.client.accept({
      channel: 'email',
      payload: { to: 'reject@example.com', subject: 'x', text: 'x' },
    });

    const event = await system.client.eventually(id, 'DEAD_LETTERED');
    expect(event.attempts).toEqual([expect.objectContaining({ outcome: 'failed', errorClass: 'rejected' })]);
  });
});
