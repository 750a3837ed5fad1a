import { randomUUID } from 'node:crypto';
import { eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { Status } from '@postrider/shared/events/status.ts';
import { type Database, ensureIndexes } from '@postrider/shared/events/store/database.ts';
import { acceptance, openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { authenticate, createApiKey } from '@postrider/shared/service/api-keys.ts';
import { SignJWT } from 'jose';
import { mailGuard } from '../authentication.ts';
import { createTaskMonitor } from './monitor.ts';

const JWT_KEY = 'the key of the former service';
const reader = createApiKey('reader', ['events:read']);
const writer = createApiKey('writer', ['events:write']);
const token = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(JWT_KEY));
const created = new Date('2030-01-31T09:00:00Z');

let database: Database;
let server: HttpServer;
let url: string;

beforeAll(async () => {
  database = await openStore('task-monitor');
  const apiKeys = [reader, writer].map(({ line }) => {
    const [id = '', hash = '', scope = ''] = line.split(/:(?=[0-9a-f]{64})|(?<=[0-9a-f]{64}):/);
    return { id, hash, scopes: [scope as 'events:read'] };
  });
  const settings = { AUTH: 'required', API_KEYS: apiKeys, API_KEY: JWT_KEY } as const;
  const logger = createLogger('test', 'silent');
  const app = createTaskMonitor({
    logger,
    database,
    mayLook: mailGuard(settings, authenticate(settings), 'events:read'),
  });
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
  url = `http://127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.close();
  await database.close();
});
beforeEach(() => database.events.deleteMany({}));

const get = (path: string, authorization = `Bearer ${token}`) =>
  fetch(url + path, { headers: { ...(authorization && { authorization }) }, redirect: 'manual' });
const basic = (password: string) => `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;

const mail = { to: 'reader@example.com', subject: '<script>alert(1)</script>', text: 'secret' };

/** A task that has come through these statuses, a second apart. */
async function task(path: Status[], more: Partial<EventDocument> = {}): Promise<string> {
  const event = newEvent(eventRequest.parse({ channel: 'email', payload: mail }), acceptance(created));
  const history = path.map((status, n) => ({ status, at: new Date(created.getTime() + n * 1_000) }));
  const status = path.at(-1) ?? 'QUEUED';
  await database.events.insertOne({ ...event, type: 'task.send-email', status, history, ...more });
  return event._id;
}

describe('the task monitor', () => {
  it('tells of a task as Flower does, and of nobody unmasked and nothing that was written', async () => {
    const id = await task(['QUEUED', 'PROCESSING', 'FAILED', 'RETRYING', 'QUEUED', 'PROCESSING', 'COMPLETED'], {
      attempts: 2,
    });
    const at = created.getTime() / 1_000;
    const told = await get(`/api/task/info/${id}`);
    expect(await told.json()).toEqual({
      uuid: id,
      name: 'send-email',
      state: 'SUCCESS',
      args: "['r***@example.com']",
      kwargs: '{}',
      received: at,
      started: at + 5,
      succeeded: at + 6,
      failed: null,
      retried: at + 3,
      revoked: null,
      timestamp: at + 6,
      runtime: 1,
      retries: 1,
      eta: null,
      result: null,
      exception: null,
      traceback: null,
      provider: 'smtp',
    });
    for (const path of ['/tasks', `/task/${id}`, '/api/tasks']) {
      const text = await (await get(path)).text();
      expect(text).toContain('r***@example.com'.replaceAll("'", ''));
      expect(text).not.toMatch(/reader|secret|script/);
    }
  });

  it('lists each state, newest first, and no event that came another way', async () => {
    const ids = {
      PENDING: await task(['QUEUED']),
      STARTED: await task(['QUEUED', 'PROCESSING']),
      RETRY: await task(['QUEUED', 'PROCESSING', 'FAILED', 'RETRYING']),
      SUCCESS: await task(['QUEUED', 'PROCESSING', 'SENT']),
      FAILURE: await task(['QUEUED', 'PROCESSING', 'FAILED', 'DEAD_LETTERED'], {
        deadLetter: { reason: 'exhausted', errorClass: 'network', at: created },
      }),
      REVOKED: await task(['QUEUED', 'CANCELED']),
    };
    const last = await task(['QUEUED'], { type: 'task.send-sms', createdAt: new Date(created.getTime() + 1) });
    const { type: _type, ...plain } = (await database.events.findOne({ _id: last })) as EventDocument;
    await database.events.insertOne({ ...plain, _id: randomUUID() });
    await database.events.insertOne({ ...plain, _id: randomUUID(), type: 'task.send-sms', parentId: randomUUID() });

    for (const [state, id] of Object.entries(ids)) {
      const tasks = (await (await get(`/api/tasks?state=${state}&taskname=send-email`)).json()) as object;
      expect({ state, ids: Object.keys(tasks) }).toEqual({ state, ids: [id] });
    }
    expect(await (await get(`/api/task/result/${ids.FAILURE}`)).json()).toEqual({
      'task-id': ids.FAILURE,
      state: 'FAILURE',
      result: 'exhausted: network',
    });
    expect(await (await get(`/api/task/info/${ids.FAILURE}`)).json()).toMatchObject({ retried: null, retries: 0 });
    const all = Object.keys((await (await get('/api/tasks')).json()) as object);
    expect(all).toHaveLength(7);
    expect(all[0]).toBe(last);
    const page = await (await get('/tasks?limit=3')).text();
    expect(page.match(/href="\/task\//g)).toHaveLength(3);
    expect(page).toContain('/tasks?offset=3');
    const range = '/api/tasks?received_start=2030-01-31%2008:59&received_end=2030-01-31%2009:00';
    expect(await (await get(range)).json()).toEqual({});
  });

  it('tells of a task whose payload is not kept any more', async () => {
    const id = await task(['QUEUED', 'PROCESSING', 'COMPLETED']);
    await database.events.updateOne({ _id: id }, { $unset: { payload: '' } });
    expect(await (await get(`/api/task/info/${id}`)).json()).toMatchObject({ state: 'SUCCESS', args: '[]' });
    expect((await get('/tasks')).status).toBe(200);
  });

  it('runs nothing that a task could bring along', async () => {
    const id = await task(['QUEUED'], { type: 'task.<img src=x onerror=alert(1)>' });
    for (const path of ['/tasks', `/task/${id}`]) {
      const page = await get(path);
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(await page.text()).not.toContain('<img');
    }
  });

  it('takes the tokens of the e-mail endpoints, API keys that may read, and either as a password', async () => {
    const known = [`Bearer ${token}`, `Bearer ${reader.key}`, basic(token), basic(reader.key)];
    for (const one of known) expect((await get('/api/tasks', one)).status).toBe(200);

    const none = await get('/tasks', '');
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="tasks", Bearer']);
    const wrong = await get('/tasks', basic('wrong'));
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="tasks", Bearer']);
    for (const one of ['Bearer wrong', `Bearer ${writer.key}`]) expect((await get('/api/tasks', one)).status).toBe(403);
  });

  it.each([
    ['/api/tasks?limit=0', 400],
    ['/api/tasks?limit=1001', 400],
    ['/api/tasks?offset=10001', 400],
    ['/api/tasks?state=LOST', 400],
    ['/api/tasks?sort_by=name', 400],
    ['/api/tasks?received_start=2030-13-01%2000:00', 400],
    ['/api/task/info/nothing', 404],
    ['/task/%3Cscript%3E', 404],
    ['/', 302],
    ['/healthcheck', 200],
  ])('answers %s with %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it('has an index of its own', async () => {
    await ensureIndexes(database);
    const plan = await database.events
      .find({ type: { $gte: 'task.', $lt: 'task/' } })
      .sort({ createdAt: -1 })
      .explain();
    expect(JSON.stringify(plan)).toContain('createdAt_-1_type_1');
  });
});
