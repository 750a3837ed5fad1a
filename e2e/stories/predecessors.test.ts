import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { freePort } from '../system/service-process.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

const JWT_KEY = 'the key of the former service';
let system: System;
let monitor: string;

beforeAll(async () => {
  const monitorPort = await freePort();
  monitor = `http://127.0.0.1:${monitorPort}`;
  system = await startSystem({
    name: 'predecessors',
    env: {
      TASK_MONITOR_PORT: String(monitorPort),
      API_KEY: JWT_KEY,
      BASIC_AUTH_USER: 'hospital',
      BASIC_AUTH_PASSWORD: 'correct horse',
      HEALTH_ALERT_RECEIVER: 'on-call@example.com',
      SENDER_ADDR: 'Former Sender <noreply@former.example>',
      SEND_ASYNC_TIMEOUT_MS: '4000',
    },
  });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const run = promisify(execFile);

/** Runs a command of a README in a shell, with the addresses in it replaced by those of this system; answers its output. */
async function replay(command: string): Promise<unknown> {
  const ingestion = system.service('ingestion').url;
  const here = command
    .replace('localhost:3000', ingestion)
    .replace('localhost:3005', system.service('retry-service').url)
    .replace('http://localhost:8000', ingestion)
    .replace('https://api.jayaraj.dev:8443', ingestion)
    .replace('$(minikube service notification-service --url)', ingestion);
  const { stdout } = await run('bash', ['-c', here.replace('curl', 'curl --silent --show-error --max-time 20')]);
  return JSON.parse(stdout);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);

function jwt(key: string, claims: object = {}, algorithm = 'HS256'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

const withToken = (token = jwt(JWT_KEY)) => ({ authorization: `Bearer ${token}` });
const withBasic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });

const arrival = (
  what: string,
  channel: string,
  matches: (one: { recipient: string; text?: string | null }) => boolean,
) => until(what, async () => (await system.sandbox.received({ channel })).find(matches));

interface Told {
  detail: unknown;
}

describe('the commands of the five READMEs, as written', () => {
  it('event dispatch: an SMS event', async () => {
    expect(
      await replay(`curl --location 'localhost:3000/event' \\
--header 'Content-Type: application/json' \\
--data '{
    "channel": "sms",
    "payload": {
        "message": "Test SMS",
        "phoneNumber": "2025555555"
    },
    "metadata": {

    },
    "priority": "default"
}
'
`),
    ).toEqual({ message: 'Event Ingested', id: uuid, status: 'QUEUED' });
    await arrival('the text message', 'sms', ({ recipient }) => recipient === '+12025555555');
  });

  it('event dispatch: a replay of dead letters', async () => {
    expect(
      await replay(`curl --location 'localhost:3005/replay-dead-letter' \\
--header 'Content-Type: application/json' \\
--data '{}'
`),
    ).toEqual({ message: 'Event Replayed', count: 0, from: 0, limit: 1_000 });
  });

  it.each([
    ['curl -s $(minikube service notification-service --url)/healthcheck/', { status: 'ok', trace_id: uuid }],
    ['curl -s $(minikube service notification-service --url)/healthcheck/live', { status: 'alive' }],
    ['curl -s $(minikube service notification-service --url)/healthcheck/ready', { status: 'ready' }],
    ['curl http://localhost:8000/healthcheck/live', { status: 'alive' }],
    ['curl http://localhost:8000/healthcheck/ready', { status: 'ready' }],
    [
      'curl -k https://api.jayaraj.dev:8443/',
      { message: 'Welcome to the Event Notification Service API', docs: '/docs' },
    ],
  ])('%s', async (command, answer) => {
    expect(await replay(command)).toEqual(answer);
  });

  it('hospital webhook: an appointment', async () => {
    const { ack, trace_id: id } =
      (await replay(`curl -X POST $(minikube service notification-service --url)/webhook/events \\
  -H 'Content-Type: application/json' \\
  -d '{"event_type":"APPOINTMENT_CREATED","appointment_id":"A123","patient_id":"P9","doctor_id":"D7","status":"created"}'
`)) as { ack: boolean; trace_id: string };
    expect({ ack, id }).toEqual({ ack: true, id: expect.stringMatching(UUID) });
    const kept = await system.client.get(`/v1/events/${id}`);
    expect(kept.body).toMatchObject({ type: 'appointment.created', data: { appointmentId: 'A123' }, children: [] });
  });
});

describe('a client of the former e-mail and SMS service', () => {
  const mail = {
    email_to: 'reader@example.com',
    email_from: 'app@example.com',
    subject: 'Hello',
    message: '<p>Hi</p>',
    user_id: 'u-1',
  };

  it.each(['/send-email/', '/api/v1/mail/send-email/'])('has an e-mail queued by %s', async (path) => {
    const email_to = `reader-${path.length}@example.com`;
    const { status, body } = await system.client.post(path, { ...mail, email_to }, withToken());
    expect({ status, body }).toEqual({ status: 201, body: { result: expect.stringMatching(/^[0-9a-f-]{36}, /) } });
    await arrival('the e-mail', 'email', ({ recipient }) => recipient === email_to);
  });

  it.each(['/send-async/', '/api/v1/mail/send-async/'])('is told by %s once the provider took it', async (path) => {
    const email_to = `waiting-${path.length}@example.com`;
    const { status, body } = await system.client.post(path, { ...mail, email_to }, withToken());
    expect({ status, body }).toEqual({
      status: 201,
      body: { result: expect.stringMatching(/^Email sent @ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/) },
    });
    const arrived = await system.sandbox.received({ channel: 'email' });
    expect(arrived.map(({ recipient }) => recipient)).toContain(email_to);
  });

  it('is told when the provider refuses it for good, and when nobody knows in time', async () => {
    const refused = { ...mail, email_to: 'reject@example.com' };
    expect(await system.client.post('/send-async/', refused, withToken())).toMatchObject({
      status: 502,
      body: { detail: 'the e-mail could not be sent: rejected', id: uuid },
    });
    const unanswered = { ...mail, email_to: 'hang@example.com' };
    const late = await system.client.post<Told & { id: string }>('/send-async/', unanswered, withToken());
    expect(late).toMatchObject({ status: 504, body: { detail: expect.stringContaining('not sent yet') } });
    expect(await system.client.event(late.body.id)).toMatchObject({ channel: 'email' });
  });

  it.each(['/send-sms/', '/api/v1/sms/send-email-sms/'])('has a text message sent by %s', async (path) => {
    const body = { message: `Text by ${path}`, phone_number: '(202) 555-0147', provider: 'T-Mobile' };
    expect(await system.client.post(path, body, withToken())).toMatchObject({
      status: 201,
      body: { result: expect.any(String) },
    });
    await arrival('the e-mail to the gateway', 'email', ({ recipient, text }) =>
      Boolean(recipient === '2025550147@tmomail.net' && text?.includes(path)),
    );
  });

  it('has what failed tried again 10 s later, and sees it in the task monitor', async () => {
    const [id = ''] = (
      await system.client.post<{ result: string }>(
        '/send-email/',
        { ...mail, email_to: 'fail@example.com' },
        withToken(),
      )
    ).body.result.split(',');
    const { nextAttemptAt = '', history } = await system.client.eventually(id, 'RETRYING');
    const wait = Date.parse(nextAttemptAt) - Date.parse(history.at(-1)?.at ?? '');
    // Due times are rounded up to a tenth of a second.
    expect({ wait, fits: wait >= 10_000 && wait <= 10_100 }).toEqual({ wait, fits: true });

    const task = await (await fetch(`${monitor}/api/task/info/${id}`, { headers: withToken() })).json();
    expect(task).toMatchObject({ uuid: id, name: 'send-email', state: 'RETRY', args: "['f***@example.com']" });
    const retrying = await fetch(`${monitor}/api/tasks?state=RETRY&taskname=send-email`, { headers: withToken() });
    expect(await retrying.json()).toMatchObject({ [id]: task });
    const page = await (
      await fetch(`${monitor}/tasks?state=RETRY`, { headers: withBasic(`me:${jwt(JWT_KEY)}`) })
    ).text();
    expect(page).toContain(`/task/${id}`);
    expect((await fetch(`${monitor}/tasks`)).status).toBe(401);
  });

  it('is told its faults as FastAPI did', async () => {
    const unknown = { message: 'Hi', phone_number: '2025550147', provider: 'Nobody' };
    expect(await system.client.post('/send-sms/', unknown, withToken())).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'provider'], msg: expect.any(String) }] },
    });
    const injected = { ...mail, email_to: 'a@example.com\r\nBcc: b@example.com' };
    expect(await system.client.post('/send-email/', injected, withToken())).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'email_to'] }] },
    });
    expect(await system.client.post('/send-email/', '{', withToken())).toMatchObject({ status: 422 });
  });

  it('needs a token, a right one', async () => {
    expect(await system.client.post('/send-email/', mail)).toMatchObject({
      status: 401,
      body: { detail: 'Not authenticated' },
    });
    const bad = [
      'x',
      'prk_ops_x',
      jwt('another key, of whoever it is'),
      jwt(JWT_KEY, { exp: 1_000_000_000 }),
      jwt(JWT_KEY, {}, 'none'),
      `${jwt(JWT_KEY).split('.').slice(0, 2).join('.')}.`,
    ];
    for (const token of bad) {
      const { status, body } = await system.client.post('/send-email/', mail, withToken(token));
      expect({ status, body }).toEqual({ status: 403, body: { detail: 'Invalid token or expired token' } });
    }
  });
});

describe('a client of the former health-alert dispatcher', () => {
  it('has the one who is responsible told by e-mail', async () => {
    const issues = ['service-a-failure', 'database-connection-error'];
    const { status, body } = await system.client.post('/api/v1/health-alert', { issues });
    expect({ status, body }).toEqual({ status: 200, body: { status: 'Health alert email sent' } });
    const mail = await until('the alert', async () =>
      (await system.sandbox.received({ channel: 'email' })).find(
        ({ recipient }) => recipient === 'on-call@example.com',
      ),
    );
    expect(mail).toMatchObject({
      subject: `System Alert: Health Check Failed - ${new Date().toISOString().slice(0, 10)}`,
      sender: 'noreply@former.example',
      text: expect.stringContaining('database-connection-error'),
    });
  });

  it('has chats told, too', async () => {
    const channels = ['email', 'slack', 'discord'];
    expect(await system.client.post('/api/v1/health-alert', { issues: ['disk full'], channels })).toMatchObject({
      status: 200,
      body: { status: 'Health alert process initiated', channels },
    });
    await system.client.post('/api/v1/slack-alert', { message: 'by slack-alert', channel: 'default' });
    await system.client.post('/api/v1/email-alert', { message: 'by email-alert' });
    const chats = async (word: string): Promise<(string | undefined)[]> =>
      (await system.sandbox.received({ channel: 'chat' }))
        .filter(({ text }) => text?.includes(word))
        .map(({ recipient }) => recipient.split('/').find(Boolean));
    await until('both chats', async () => new Set(await chats('disk full')).size === 2);
    await until('Slack', async () => (await chats('by slack-alert')).length === 1);
    await arrival('by email-alert', 'email', ({ text }) => Boolean(text?.includes('by email-alert')));
  });

  it('finds the service well', async () => {
    const { body } = await system.client.get('/health');
    expect(body).toEqual({
      status: 'ok',
      service: 'ingestion-service',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
      dependencies: { mongodb: 'ok', kafka: 'ok' },
    });
  });

  it('is told that an alert without issues is none', async () => {
    expect(await system.client.post('/api/v1/health-alert', { issues: [] })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'issues'] }] },
    });
  });
});

describe('a client of the former hospital webhook receiver', () => {
  const created = { event_type: 'APPOINTMENT_CREATED', appointment_id: 'A124' };

  it('may name in metadata who is to be told', async () => {
    const metadata = { email: 'patient@example.com', phone: '2025550148', name: 'Ada' };
    const slot = { start: '2030-01-31 09:00' };
    const event = { ...created, event_type: 'APPOINTMENT_RESCHEDULED', slot, metadata };
    expect(await system.client.post('/webhook/events', event)).toMatchObject({ status: 200, body: { ack: true } });
    await arrival('the e-mail', 'email', ({ recipient, text }) =>
      Boolean(recipient === 'patient@example.com' && text?.includes('2030-01-31 09:00')),
    );
    await arrival('the text message', 'sms', ({ recipient }) => recipient === '+12025550148');
  });

  it('has its mistakes answered as before', async () => {
    const empty = await system.client.post('/webhook/events', { ...created, appointment_id: '' });
    expect(empty).toMatchObject({ status: 400, body: { detail: 'Invalid payload' } });
    const missing = await system.client.post('/webhook/events', { event_type: 'X' });
    expect(missing).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'appointment_id'] }] } });
  });

  it('shows credentials under /v1', async () => {
    const right = await system.client.post('/v1/webhook/events', created, withBasic('hospital:correct horse'));
    expect(right).toMatchObject({ status: 200, body: { ack: true, trace_id: uuid } });
    for (const headers of [{}, withBasic('hospital:wrong'), withBasic('hospital'), withToken()]) {
      const refused = await system.client.post('/v1/webhook/events', created, headers);
      expect({ status: refused.status, how: refused.headers.get('www-authenticate') }).toEqual({
        status: 401,
        how: 'Basic realm="postrider"',
      });
    }
  });
});

describe('a client of the former event notification API', () => {
  interface Reminder {
    id: string;
    status: string;
  }

  it('publishes events, and lists them newest first', async () => {
    const { status, body } = await system.client.post<{ id: string }>('/api/v1/events/', {
      type: 'user.signup',
      payload: { email: 'new@example.com', name: 'Ada' },
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        id: uuid,
        type: 'user.signup',
        payload: { email: 'new@example.com', name: 'Ada' },
        created_at: expect.any(String),
      },
    });
    const other = await system.client.post<{ id: string }>('/api/v1/events/', {
      type: 'custom',
      payload: { any: [1] },
    });
    const { body: listed } = await system.client.get<{ id: string }[]>('/api/v1/events/?limit=2');
    expect(listed.map(({ id }) => id)).toEqual([other.body.id, body.id]);
    await arrival('the welcome', 'email', ({ recipient }) => recipient === 'new@example.com');
  });

  it('has a reminder sent to both its e-mail and its phone; one that is late goes out in 5 s', async () => {
    const late = {
      notification_type: 'password.expiry',
      entity_id: 'user-7',
      target_date: new Date().toISOString().slice(0, 10),
      email: 'late@example.com',
      phone: '202-555-0149',
    };
    const { status, body } = await system.client.post<Reminder>('/api/v1/notifications/', late);
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        ...late,
        phone: '+12025550149',
        lead_time_days: 7,
        id: uuid,
        status: 'SCHEDULED',
        sent_at: null,
        created_at: expect.any(String),
      },
    });
    await arrival('the e-mail', 'email', ({ recipient }) => recipient === 'late@example.com');
    await arrival('the text message', 'sms', ({ recipient }) => recipient === '+12025550149');
    await until(
      'both to be sent',
      async () => (await system.client.get(`/v1/events/${body.id}`)).body['status'] === 'COMPLETED',
    );
    expect(await system.client.delete(`/api/v1/notifications/${body.id}`)).toMatchObject({ status: 409 });
  });

  it('cancels a reminder, once or twice', async () => {
    const { body } = await system.client.post<Reminder>('/api/v1/notifications/', {
      notification_type: 'custom',
      entity_id: 8,
      target_date: '2040-02-29T10:00:00+02:00',
      lead_time_days: 1,
      email: 'never@example.com',
    });
    const stored = await system.client.get(`/v1/events/${body.id}`);
    expect(stored.body).toMatchObject({ sendAt: '2040-02-28T08:00:00.000Z' });
    const cancel = () => system.client.delete(`/api/v1/notifications/${body.id}`);
    const canceled = { status: 200, body: { id: body.id, status: 'CANCELED', sent_at: null } };
    expect(await cancel()).toMatchObject(canceled);
    expect(await cancel()).toMatchObject(canceled);
  });

  it.each(['nothing', '01234567-89ab-7def-8123-456789abcdef'])('knows no reminder %s', async (id) => {
    expect(await system.client.delete(`/api/v1/notifications/${id}`)).toMatchObject({
      status: 404,
      body: { detail: 'Reminder not found' },
    });
  });

  it.each([
    [{ target_date: '2030-02-30' }, 'target_date'],
    [{ target_date: 'soon' }, 'target_date'],
    [{ lead_time_days: -1 }, 'lead_time_days'],
    [{ email: 'nobody' }, 'email'],
    [{ email: null }, 'email'],
    [{ notification_type: '__proto__.' }, 'notification_type'],
    [{ phone: 'x' }, 'phone'],
  ])('has %j refused', async (fault, path) => {
    const reminder = { notification_type: 'custom', entity_id: '1', target_date: '2030-01-31', email: 'a@example.com' };
    expect(await system.client.post('/api/v1/notifications/', { ...reminder, ...fault })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', path] }] },
    });
  });

  it('sees a page where it asks for one', async () => {
    const page = await fetch(system.service('ingestion').url, { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('/docs');
  });
});
