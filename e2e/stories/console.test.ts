import { createApiKey, type Scope } from '@postrider/shared/service/api-keys.ts';
import { Browser, type Page } from '../system/browser.ts';
import { Client } from '../system/client.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

const keyWith = (id: string, ...scopes: Scope[]) => createApiKey(id, scopes);
const operator = keyWith('ada', 'events:read', 'events:write', 'dead-letters:replay', 'suppressions:write');
const reader = keyWith('reader', 'events:read');
const shop = keyWith('shop', 'events:write');

const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>';

let system: System;
let client: Client;
let consoleUrl: string;

beforeAll(async () => {
  const API_KEYS = [operator, reader, shop].map(({ line }) => line).join(',');
  const env = { AUTH: 'required', API_KEYS };
  system = await startSystem({ name: 'console', instances: { critical: 1, console: 1 }, env });
  const urls = { ingestion: system.service('ingestion').url, retry: system.service('retry-service').url };
  client = new Client(urls, operator.key);
  consoleUrl = system.service('console').url;
}, 120_000);
afterAll(() => system.stop(), 60_000);

/** A browser in which somebody has signed in. */
async function signedIn(key = operator.key): Promise<Browser> {
  const browser = new Browser(consoleUrl);
  await browser.press(await browser.open('/sign-in'), 'Sign in', { key });
  return browser;
}

/** Webhooks that their receiver refuses, all dead letters when this resolves. */
async function deadLetters(path: string, count: number): Promise<string[]> {
  await system.sandbox.behave({ channel: 'webhook', match: path, action: 'reject' });
  const payload = { url: system.sandbox.webhook(path), body: { text: HOSTILE } };
  const events = Array.from({ length: count }, (_, n) => ({
    channel: 'webhook',
    payload,
    metadata: { note: HOSTILE, n },
  }));
  const { body } = await client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
  const ids = body.results.map(({ id }) => id);
  await Promise.all(ids.map((id) => client.eventually(id, 'DEAD_LETTERED')));
  return ids;
}

const statusOf = async (id: string): Promise<string> => (await client.event(id)).status;
const refreshes = (page: Page): boolean => page.all('meta').some(({ attribs }) => 'http-equiv' in attribs);

describe('an operator', () => {
  it('signs in, finds a dead letter, sees what a replay would be, has just that done and watches it end', async () => {
    const [first = '', second = ''] = await deadLetters('closed', 2);
    const browser = new Browser(consoleUrl);

    const door = await browser.open('/dead-letters?channel=webhook');
    expect(door.url.pathname).toBe('/sign-in');
    const turnedAway = await browser.press(door, 'Sign in', { key: 'prk_ada_wrong' });
    expect(turnedAway.status).toBe(401);
    expect(turnedAway.text).toContain('do not know this API key');
    expect(browser.cookies.size).toBe(0);

    const list = await browser.press(turnedAway, 'Sign in', { key: operator.key });
    expect(list.url.pathname + list.url.search).toBe('/dead-letters?channel=webhook');
    expect(browser.setCookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const event = await browser.open(list.link(first));
    expect(event.text).toContain('DEAD_LETTERED');

    const shown = await browser.press(list, 'See what would be sent…');
    expect(shown.text).toContain('2 dead letters would be sent again.');
    expect(await Promise.all([first, second].map(statusOf))).toEqual(['DEAD_LETTERED', 'DEAD_LETTERED']);

    const [newcomer = ''] = await deadLetters('closed', 1);
    await system.sandbox.behaveWell();
    const replay = await browser.press(shown, 'Send 2 again');
    expect(replay.url.pathname).toMatch(/^\/replays\//);
    const ended = await until('the replay to end', async () => {
      const page = await browser.open(replay.url.pathname);
      return page.text.includes('COMPLETED') && page;
    });
    expect(ended.text).toContain('Sent again2 of 2');
    expect(ended.text).toContain('by ada');
    expect(refreshes(ended)).toBe(false);
    for (const id of [first, second]) await client.eventually(id, 'COMPLETED');
    expect(await statusOf(newcomer)).toBe('DEAD_LETTERED');

    const again = await browser.press(shown, 'Send 2 again');
    expect(again.status).toBe(409);
    expect(again.text).toContain('have changed since');
  });

  it('stops a replay, which the browser keeps looking at as long as it runs', async () => {
    await deadLetters('stopped', 3);
    const browser = await signedIn();
    const list = await browser.open('/dead-letters');
    const shown = await browser.press(list, 'See what would be sent…', { ratePerSecond: '0.1' });
    const running = await browser.press(shown, shown.button(/^Send \d+ again$/));
    expect(running.text).toContain('RUNNING');
    expect(refreshes(running)).toBe(true);

    const stopped = await browser.press(running, 'Stop');
    expect(stopped.text).toContain('STOPPED');
    expect(refreshes(stopped)).toBe(false);
  });

  it('cancels what is not sent yet, once, and pages through the rest', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const events = Array.from({ length: 52 }, () => ({
      channel: 'sms',
      sendAt,
      payload: { to: '+12025550123', text: 'Your code is 246810' },
    }));
    const { body } = await client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
    const browser = await signedIn();

    const list = await browser.press(await browser.open('/events'), 'Filter', { status: 'SCHEDULED' });
    const older = await browser.open(list.link('Older'));
    expect([list, older].map((page) => page.all('tr').length - 1)).toEqual([50, 2]);

    const page = await browser.open(`/events/${body.results[0]?.id}`);
    expect(page.text).toContain('+1202*****23');
    expect(page.source).not.toMatch(/2025550123|246810/);
    expect((await browser.press(page, 'Cancel it')).text).toContain('CANCELED');
    const late = await browser.press(page, 'Cancel it');
    expect(late.status).toBe(409);
    expect(late.text).toContain('The event is CANCELED and cannot be canceled any more');
  });

  it('takes somebody off the list of suppressions', async () => {
    const recipient = 'bob@example.com';
    await client.post('/v1/suppressions', { channel: 'email', recipient, note: HOSTILE });
    const browser = await signedIn();

    const found = await browser.press(await browser.open('/suppressions'), 'Find', { channel: 'email', recipient });
    expect(found.text).toContain(`b***@example.com`);
    expect(found.text).toContain(HOSTILE);
    expect((await browser.press(found, 'Remove them')).text).toContain('There are none.');
  });

  it('is told which fields are faulty, and what the key may not do', async () => {
    const browser = await signedIn(reader.key);
    const faulty = await browser.open('/events?from=yesterday');
    expect([faulty.status, faulty.text]).toEqual([400, expect.stringContaining('from: must be an ISO 8601 time')]);

    const ids = await deadLetters('read-only', 1);
    const event = await browser.open(`/events/${ids[0]}`);
    const refused = await browser.press(event, 'Replay…');
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('the scope dead-letters:replay')]);

    const other = new Browser(consoleUrl);
    const door = await other.press(await other.open('/sign-in'), 'Sign in', { key: shop.key });
    expect([door.status, door.text]).toEqual([403, expect.stringContaining('the scope events:read')]);
    expect(other.cookies.size).toBe(0);
  });

  it('signs out', async () => {
    const browser = await signedIn();
    expect((await browser.press(await browser.open('/'), 'Sign out')).url.pathname).toBe('/sign-in');
    expect((await browser.open('/events')).url.pathname).toBe('/sign-in');
  });
});

describe('what others have written', () => {
  it('is text on every page, and no page may run a script', async () => {
    const [id = ''] = await deadLetters('hostile', 1);
    const browser = await signedIn();
    for (const path of [
      `/events/${id}`,
      `/events/${id}?payload=shown`,
      `/events?type=${encodeURIComponent(HOSTILE)}`,
    ]) {
      const page = await browser.open(path);
      expect([...page.all('img'), ...page.all('script')]).toEqual([]);
      expect(page.source).toContain('&lt;script&gt;alert(2)');
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    }
  });
});

describe('a page of another site', () => {
  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('cannot have anything done: %j', async (headers) => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const id = await client.accept({ channel: 'sms', sendAt, payload: { to: '+12025550123', text: 'x' } });
    const browser = await signedIn();
    const refused = await browser.press(await browser.open(`/events/${id}`), 'Cancel it', {}, headers);
    expect(refused.status).toBe(403);
    expect(await statusOf(id)).toBe('SCHEDULED');
  });
});

describe('while the retry service is away', () => {
  beforeAll(() => system.service('retry-service').kill());

  it('what it would know is said to be away, and nothing else is told', async () => {
    const browser = await signedIn();
    const page = await browser.open('/dead-letters');
    expect(page.status).toBe(503);
    expect(page.text).toContain('The retry service does not answer.');
    expect(page.source).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|node:|\.ts:/);
  });

  it('the overview has the rest', async () => {
    const page = await (await signedIn()).open('/');
    expect(page.status).toBe(200);
    expect(page.text).toContain('ingestion service: ready');
    expect(page.text).toContain('retry service: not ready, does not answer');
    expect(page.all('table').map(({ attribs }) => attribs['aria-label'])).toEqual(['Events']);
  });

  it('the console itself is ready: telling so is what it is for', async () => {
    expect((await fetch(`${consoleUrl}/ready`)).status).toBe(200);
  });
});
