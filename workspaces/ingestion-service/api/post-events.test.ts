import { AppError } from '@postrider/shared/errors/app-error.ts';
import { DEFAULT_PROVIDERS } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { Acceptance } from '@postrider/shared/events/store/acceptance.ts';
import type { FamilyAcceptance } from '@postrider/shared/events/store/families.ts';
import type { Family } from '@postrider/shared/events/typed-event.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { shippedRouting } from '../routing/routing-in-test.ts';
import { MAX_BATCH_BYTES, MAX_EVENT_BYTES, postEvent, postEventBatch } from './post-events.ts';
import { previewEvent } from './typed-events.ts';

const now = new Date('2030-01-31T09:00:00Z');
const sms = { channel: 'sms', payload: { to: '+12025550123', text: 'Hello' } };

/** What the store says of each event; the real one needs MongoDB. */
let answer: (event: EventDocument) => Acceptance;
let accepted: { event: EventDocument; bytes: number }[];
let families: Family[];
let server: HttpServer;

beforeAll(async () => {
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  const parts = {
    acceptor: {
      accept: async (event: EventDocument, bytes: number) => {
        accepted.push({ event, bytes });
        return answer(event);
      },
      waitingBytes: 0,
      drained: async () => undefined,
    },
    families: {
      accept: async (family: Family): Promise<FamilyAcceptance> => {
        families.push(family);
        return { outcome: 'created', ...family };
      },
      waitingBytes: 0,
      drained: async () => undefined,
    },
    ...shippedRouting(),
    clock: { now: () => now },
    defaultProviders: DEFAULT_PROVIDERS,
  };
  app.post('/v1/templates/preview', jsonBody(MAX_EVENT_BYTES), previewEvent(parts));
  app.post('/v1/events', jsonBody(MAX_EVENT_BYTES), postEvent(parts));
  app.post('/v1/events/batch', jsonBody(MAX_BATCH_BYTES), postEventBatch(parts));
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  accepted = [];
  families = [];
  answer = (event) => ({ outcome: 'created', event });
});

type Result = { id?: string; error?: { status: number; code: string; errors?: { path: string }[] } };

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const json = (await response.json()) as Record<string, unknown> & { results?: Result[] };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), json };
}

const postBatch = (events: unknown[]) => post('/v1/events/batch', JSON.stringify({ events }));

describe('an event that is posted', () => {
  it('is answered with 202, its id, its status and its time', async () => {
    const { status, json } = await post('/v1/events', JSON.stringify(sms));
    expect({ status, json }).toEqual({
      status: 202,
      json: { id: accepted[0]?.event._id, status: 'QUEUED', createdAt: now.toISOString() },
    });
  });

  it('that came before is answered with 200 and the first id', async () => {
    const first = { _id: 'first', status: 'COMPLETED', createdAt: now } as const;
    answer = () => ({ outcome: 'duplicate', event: first });
    const { status, json } = await post('/v1/events', JSON.stringify(sms), { 'idempotency-key': 'k' });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { id: 'first', status: 'COMPLETED', duplicate: true },
    });
    expect(accepted[0]?.event).toMatchObject({ idempotencyKey: 'k' });
  });

  it('under a key that was used for another one is answered with 409', async () => {
    answer = () => ({ outcome: 'conflict', eventId: 'first' });
    const { status, json } = await post('/v1/events', JSON.stringify(sms), { 'idempotency-key': 'k' });
    expect({ status, json }).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } });
  });

  it('goes on with the trace of its client', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await post('/v1/events', JSON.stringify(sms), { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    expect(accepted[0]?.event.traceparent).toContain(traceId);
  });

  it('over 256 KiB is refused with 413, and never comes near the store', async () => {
    const large = { channel: 'webhook', payload: { url: 'https://a.example', body: 'x'.repeat(MAX_EVENT_BYTES) } };
    expect(await post('/v1/events', JSON.stringify(large))).toMatchObject({ status: 413 });
    expect(accepted).toEqual([]);
  });
});

describe('a batch of events', () => {
  it('has a result for each, in order, and a bad one does not stop the good ones', async () => {
    answer = (event) =>
      event.eventId === 'used' ? { outcome: 'conflict', eventId: 'first' } : { outcome: 'created', event };
    const { status, json } = await postBatch([
      sms,
      { channel: 'sms', payload: {} },
      { ...sms, eventId: 'used' },
      null,
      sms,
    ]);

    expect(status).toBe(202);
    expect(json.results?.map(({ id, error }) => (id ? 'taken' : error?.code))).toEqual([
      'taken',
      'validation_failed',
      'idempotency_conflict',
      'validation_failed',
      'taken',
    ]);
    expect(json.results?.[1]?.error?.errors?.map(({ path }) => path)).toEqual([
      'events.1.payload.to',
      'events.1.payload.text',
    ]);
  });

  it('may hold 1 to 1,000 events', async () => {
    expect(await postBatch(Array.from({ length: 1_000 }, () => sms))).toMatchObject({ status: 202 });
    expect(await postBatch(Array.from({ length: 1_001 }, () => sms))).toMatchObject({ status: 400 });
    expect(await postBatch([])).toMatchObject({ status: 400 });
  });

  it('has an event of hundreds of thousands of faults refused, with the first of them', async () => {
    const headers = Object.fromEntries(Array.from({ length: 300_000 }, (_, at) => [` ${at}`, 1]));
    const hostile = { channel: 'webhook', payload: { url: 'https://a.example', body: 1, headers } };
    const { json } = await postBatch([hostile, sms]);
    expect(json.results?.map(({ id, error }) => (id ? 'taken' : error?.code))).toEqual(['validation_failed', 'taken']);
    expect(json.results?.[0]?.error?.errors).toHaveLength(100);
  });

  it('has an event that is nested without end refused, not the batch', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const { json } = await post(
      '/v1/events/batch',
      `{"events":[{"channel":"sms","payload":${deep}},${JSON.stringify(sms)}]}`,
    );
    expect(json.results?.map(({ id, error }) => (id ? 'taken' : error?.code))).toEqual(['validation_failed', 'taken']);
  });

  it('may be larger than an event, but no event in it', async () => {
    const large = (size: number) => ({
      channel: 'webhook',
      payload: { url: 'https://a.example', body: 'x'.repeat(size) },
    });
    const { json } = await postBatch([large(MAX_EVENT_BYTES - 1_000), large(MAX_EVENT_BYTES), sms]);
    expect(json.results?.map(({ error }) => error?.status)).toEqual([undefined, 413, undefined]);
  });

  it('with an event nested 200,000 levels deep has that one refused, and the others taken', async () => {
    const nest = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const webhook = `{"channel":"webhook","payload":{"url":"https://a.example","body":${nest}}}`;
    const { status, json } = await post('/v1/events/batch', `{"events":[${nest},${webhook},${JSON.stringify(sms)}]}`);
    expect(status).toBe(202);
    expect(json.results?.map(({ error }) => error?.status)).toEqual([400, 400, undefined]);
  });

  it('of which nothing could be stored is refused as a whole, to be tried again', async () => {
    answer = () => {
      throw new AppError('unavailable', 'MongoDB is away', { retryAfter: 2 });
    };
    expect(await postBatch([sms, sms])).toMatchObject({ status: 503, retryAfter: '2' });
    // Some faulty, some not stored: the client is told of each.
    expect(await postBatch([sms, {}])).toMatchObject({ status: 202, json: { results: [{}, {}] } });
  });

  it('weighs in the queue as much as its bytes', async () => {
    const body = JSON.stringify({ events: [sms, sms] });
    await post('/v1/events/batch', body);
    expect(accepted.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(body.length);
  });
});

describe('a typed event', () => {
  const failed = {
    type: 'payment.failed',
    to: { email: 'ada@example.com', phone: '+12025550123' },
    data: { amount: 5 },
  };

  it('is answered with its id, and those of the events that it becomes', async () => {
    const { status, json } = await post('/v1/events', JSON.stringify(failed), { 'idempotency-key': 'k' });
    const [family] = families;
    expect({ status, json }).toMatchObject({
      status: 202,
      json: {
        id: family?.parent._id,
        type: 'payment.failed',
        status: 'QUEUED',
        children: [
          { id: family?.children[0]?._id, channel: 'email', priority: 'critical', status: 'QUEUED' },
          { id: family?.children[1]?._id, channel: 'sms', priority: 'critical', status: 'QUEUED' },
        ],
      },
    });
    expect(family?.parent).toMatchObject({ idempotencyKey: 'k', data: { amount: 5 } });
    expect(accepted).toEqual([]);
  });

  it('that lacks what its templates need is refused with 422 and named; nothing of it is stored', async () => {
    const { status, json } = await post('/v1/events', JSON.stringify({ ...failed, data: {} }));
    expect({ status, json }).toMatchObject({
      status: 422,
      json: { code: 'unprocessable', errors: [{ path: 'data.amount', message: expect.stringContaining('missing') }] },
    });
    expect(families).toEqual([]);
  });

  it('of a type that no route takes is refused with 422, one that is malformed with 400', async () => {
    expect(await post('/v1/events', JSON.stringify({ type: 'nobody.knows' }))).toMatchObject({ status: 422 });
    const { status, json } = await post(
      '/v1/events',
      JSON.stringify({ type: '../x', data: [], to: { '': 1 }, url: 1 }),
    );
    expect({ status, paths: (json['errors'] as { path: string }[]).map(({ path }) => path).toSorted() }).toEqual({
      status: 400,
      paths: ['data', 'to.', 'type', 'url'],
    });
  });

  it('may stand among others in a batch', async () => {
    const { json } = await postBatch([sms, failed, { ...failed, data: {} }, { ...failed, channel: 'sms' }]);
    expect(json.results?.map(({ id, error }) => (id ? 'taken' : error?.status))).toEqual(['taken', 'taken', 422, 400]);
    expect([accepted.length, families.length]).toEqual([1, 1]);
  });

  it('is shown before it is sent', async () => {
    const { status, json } = await post('/v1/templates/preview', JSON.stringify(failed));
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        messages: [
          { template: 'payment.failed/email.liquid', channel: 'email', payload: { to: 'ada@example.com' } },
          { template: 'payment.failed/sms.liquid', channel: 'sms', payload: { to: '+12025550123' } },
        ],
      },
    });
    expect(families).toEqual([]);
  });
});
