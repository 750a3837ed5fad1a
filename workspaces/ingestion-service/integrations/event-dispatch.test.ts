import { DEFAULT_PROVIDERS } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { MAX_EVENT_BYTES } from '../api/post-events.ts';
import { postFormerEvent } from './event-dispatch.ts';

let accepted: EventDocument[];
let server: HttpServer;

beforeAll(async () => {
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  const parts = {
    acceptor: {
      accept: async (event: EventDocument) => {
        accepted.push(event);
        return { outcome: 'created', event } as const;
      },
      waitingBytes: 0,
      drained: async () => undefined,
    },
    clock: { now: () => new Date('2030-01-31T09:00:00Z') },
    defaultProviders: DEFAULT_PROVIDERS,
  };
  const body = jsonBody(MAX_EVENT_BYTES);
  app.post('/event', body, postFormerEvent(parts, { country: 'US', topic: 'everybody' }));
  app.post('/without-topic/event', body, postFormerEvent(parts, { country: 'US', topic: undefined }));
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  accepted = [];
});

async function post(body: unknown, path = '/event') {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  const json = (await response.json()) as { message?: string; id?: string; errors?: { path: string }[] };
  return { status: response.status, json, paths: json.errors?.map(({ path }) => path) };
}

const mail = { subject: 'Hello', body: 'Plain', to: 'ada@example.com', from: 'shop@example.com' };

describe('a client of the former event dispatch', () => {
  it('has its answer as it knows it, with the id and the status beside', async () => {
    const { status, json } = await post({ channel: 'email', payload: mail });
    expect({ status, json }).toEqual({
      status: 201,
      json: { message: 'Event Ingested', id: accepted[0]?._id, status: 'QUEUED' },
    });
  });

  it('is told when its metadata has a key that cannot be kept, instead of losing it', async () => {
    const metadata: unknown = JSON.parse('{"order":1,"__proto__":{"admin":true}}');
    expect(await post({ channel: 'email', payload: mail, metadata })).toMatchObject({
      status: 400,
      paths: ['metadata'],
    });
  });

  it('may write the priority in any case, and send fields that nobody knows', async () => {
    const payload = { message: 'Hello', phoneNumber: '+12025550123', carrier: 'x' };
    expect(await post({ channel: 'sms', payload, priority: 'CRITICAL', extra: 1 })).toMatchObject({ status: 201 });
    expect(accepted[0]).toMatchObject({ priority: 'critical', queue: 'critical', provider: 'twilio' });
  });

  it('may write phone numbers as people do in the configured country', async () => {
    const numbers = ['(202) 555-0123', '2025550123', '+1 202 555 0123'];
    for (const phoneNumber of numbers) {
      await post({ channel: 'sms', payload: { message: 'Hello', phoneNumber } });
    }
    expect(accepted.map(({ payload }) => payload)).toEqual(numbers.map(() => ({ to: '+12025550123', text: 'Hello' })));
  });

  it('has its markup sent as HTML, and its text as text', async () => {
    for (const body of ['<p>Rich</p>', 'see <br/> there', 'a < b and b > c', 'Plain']) {
      await post({ channel: 'email', payload: { ...mail, body } });
    }
    expect(accepted.map(({ payload }) => ('html' in payload ? 'html' : 'text'))).toEqual([
      'html',
      'html',
      'text',
      'text',
    ]);
  });

  it('cannot hold up the service with a body that is hard to tell from markup', async () => {
    const body = '<a'.repeat(100_000);
    const start = process.cpuUsage();
    await post({ channel: 'email', payload: { ...mail, body } });
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });

  describe('who sends a push', () => {
    const push = { title: 'Parcel', body: 'It is at your door', image: '', link: '' };

    it('reaches the device whose token it names', async () => {
      await post({ channel: 'push', payload: { ...push, token: 'dQw4w9WgXcQ:APA91b' } });
      expect(accepted[0]?.payload).toEqual({ title: push.title, body: push.body, token: 'dQw4w9WgXcQ:APA91b' });
    });

    it.each([{}, { token: '' }])('reaches all of the topic that is set where it names none: %j', async (token) => {
      expect(await post({ channel: 'push', payload: { ...push, ...token } })).toMatchObject({ status: 201 });
      expect(accepted[0]?.payload).toEqual({ title: push.title, body: push.body, topic: 'everybody' });
    });

    it('is told what is missing where no topic is set', async () => {
      const { status, json, paths } = await post({ channel: 'push', payload: push }, '/without-topic/event');
      expect({ status, paths }).toEqual({ status: 400, paths: ['payload.token'] });
      expect(JSON.stringify(json)).toContain('DEFAULT_PUSH_TOPIC');
    });
  });

  it('is told its faults in the names of its own fields', async () => {
    expect((await post({ channel: 'sms', payload: { message: 'Hello', phoneNumber: 'nobody' } })).paths).toEqual([
      'payload.phoneNumber',
    ]);
    expect((await post({ channel: 'email', payload: { subject: 'Hello' } })).paths).toEqual([
      'payload.body',
      'payload.to',
      'payload.from',
    ]);
    expect((await post({ channel: 'fax', priority: 'urgent' })).paths).toEqual(['channel', 'payload', 'priority']);
  });
});
