import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventView } from '../system/client.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

const RULES = `
defaults: { maxAttempts: 3, baseBackoff: 500ms, maxBackoff: 2s, maxRetryAfter: 10s }
rules:
  - match: { errorClass: auth }
    baseBackoff: 2s
  - match: { provider: twilio }
    failover: { to: messagebird, after: 3, whileCircuitOpen: true }
  - match: { provider: messagebird }
    failover: { to: twilio, after: 3, whileCircuitOpen: true }
  - match: { provider: mailgun }
    failover: { to: sendgrid, atOnce: [not_configured] }
`;
const MESSAGEBIRD_RATE = 150;

const folder = mkdtempSync(join(tmpdir(), 'failover-'));
let system: System;

beforeAll(async () => {
  const rules = join(folder, 'rules.yaml');
  writeFileSync(rules, RULES);
  system = await startSystem({
    name: 'failover',
    instances: { critical: 1, retry: 2 },
    env: {
      RETRY_RULES_FILE: rules,
      MAILGUN_API_KEY: '',
      MAILGUN_DOMAIN: '',
      MAILGUN_FROM: '',
      RATE_LIMITS: `messagebird=${MESSAGEBIRD_RATE}`,
    },
  });
}, 120_000);
afterEach(() => system.sandbox.behaveWell());
afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

const sms = (to: string) => ({ channel: 'sms', payload: { to, text: 'Hello' } });
const twilioDoes = (behaviour: Record<string, unknown>): Promise<void> =>
  system.sandbox.behave({ channel: 'sms', provider: 'twilio', ...behaviour });
const way = ({ attempts }: EventView): string[] => attempts.map(({ provider, outcome }) => `${provider} ${outcome}`);

async function postBatch(count: number, to: string): Promise<string[]> {
  const events = Array.from({ length: count }, () => sms(to));
  const { body } = await system.client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
  return body.results.map(({ id }) => id);
}

async function completed(ids: string[], limitMs: number): Promise<EventView[]> {
  const events: EventView[] = [];
  for (const id of ids) events.push(await system.client.eventually(id, 'COMPLETED', limitMs));
  return events;
}

async function figure(service: string, pattern: RegExp): Promise<number> {
  const text = await (await fetch(`${system.service(service).url}/metrics`)).text();
  return Number(pattern.exec(text)?.[1]);
}

/** The most sends that began in any second, wherever that begins; by MongoDB's clock, as all times of attempts. */
function busiestSecond(times: number[]): number {
  return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length));
}

it('three failures with one provider, and the next one delivers: the attempts tell it', async () => {
  await twilioDoes({ action: 'fail' });
  const id = await system.client.accept(sms('+12025550101'));
  const event = await system.client.eventually(id, 'COMPLETED');
  expect(way(event)).toEqual(['twilio failed', 'twilio failed', 'twilio failed', 'messagebird delivered']);
  expect(event.provider).toBe('messagebird');
  expect(event.history.filter(({ reason }) => reason === 'failover from twilio to messagebird')).toHaveLength(1);
  expect(await system.sandbox.received({ channel: 'sms', id })).toHaveLength(1);
});

it('when both fail it ends with the second one, though the rules go round; a replay begins with the first', async () => {
  await system.sandbox.behave({ channel: 'sms', action: 'fail' });
  const id = await system.client.accept(sms('+12025550102'));
  const event = await system.client.eventually(id, 'DEAD_LETTERED');
  expect(way(event)).toEqual([
    ...Array<string>(3).fill('twilio failed'),
    ...Array<string>(3).fill('messagebird failed'),
  ]);
  expect(event.deadLetter).toMatchObject({ reason: 'exhausted', errorClass: 'provider_down' });

  await system.sandbox.behaveWell();
  await system.client.retry('POST', '/v1/dead-letters/replay', { filter: { ids: [id] } });
  const replayed = await system.client.eventually(id, 'COMPLETED');
  expect(way(replayed).slice(6)).toEqual(['twilio delivered']);
});

it('a provider that no dispatcher has is no black hole: the next one gets its events at once', async () => {
  const payload = { to: 'ada@example.com', subject: 'Hello', text: 'Hello' };
  const id = await system.client.accept({ channel: 'email', provider: 'mailgun', payload });
  const event = await system.client.eventually(id, 'COMPLETED');
  expect(way(event)).toEqual(['mailgun failed', 'sendgrid delivered']);
  expect(event.attempts[0]).toMatchObject({ errorClass: 'not_configured' });
});

it('a storm of 429 is waited out as long as it asks to, and costs nobody the delivery', async () => {
  await twilioDoes({ action: 'rate-limit', retryAfter: 3, times: 60 });
  const events = await completed(await postBatch(60, '+12025550103'), 60_000);
  const limited = events.flatMap(({ attempts }) => attempts.filter(({ errorClass }) => errorClass === 'rate_limited'));
  expect(limited).toHaveLength(60);
  for (const { attempts } of events) {
    for (const [n, { errorClass, startedAt }] of attempts.entries()) {
      const next = attempts[n + 1];
      if (errorClass !== 'rate_limited' || next?.provider !== 'twilio') continue;
      expect(Date.parse(next.startedAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(3_000);
    }
  }
});

it('refused credentials burn nothing: the event waits, an alert tells it, and it is sent once they are mended', async () => {
  const ALERT = /^postrider_provider_auth_failed\{.*provider="twilio".*\} (\d)/m;
  await twilioDoes({ action: 'reject', status: 401 });
  const id = await system.client.accept(sms('+12025550104'));
  await until(
    'more refusals than an event has attempts',
    async () => {
      return (await system.client.event(id)).attempts.length > 3;
    },
    60_000,
  );
  const waiting = await system.client.event(id);
  expect(new Set(waiting.attempts.map(({ errorClass }) => errorClass))).toEqual(new Set(['auth']));
  expect(await figure('default', ALERT)).toBe(1);

  await system.sandbox.behaveWell();
  const event = await system.client.eventually(id, 'COMPLETED');
  expect(way(event).at(-1)).toBe('twilio delivered');
  await system.client.eventually(await system.client.accept(sms('+12025550104')), 'COMPLETED');
  expect(await figure('default', ALERT)).toBe(0);
  expect(
    system
      .service('default')
      .log()
      .match(/refuses our credentials/g),
  ).toHaveLength(1);
}, 120_000);

it('while a circuit is open its events go to the next provider at once, without a try, and as fast as that one takes them', async () => {
  await twilioDoes({ action: 'fail' });
  const first = await postBatch(40, '+12025550105');
  await until('the circuit to open', async () => (await figure('default', /^postrider_open_circuits\S* (\d+)/m)) === 1);

  const events = await completed(await postBatch(500, '+12025550106'), 120_000);
  // All but probes, three at a time, and what was in their company.
  expect(events.filter((event) => way(event).join() === 'messagebird delivered').length).toBeGreaterThanOrEqual(460);
  for (const event of events) expect(way(event).at(-1)).toBe('messagebird delivered');
  for (const event of await completed(first, 60_000)) expect(way(event).at(-1)).toBe('messagebird delivered');
  const sent = events.flatMap(({ attempts }) => attempts.filter(({ provider }) => provider === 'messagebird'));
  expect(busiestSecond(sent.map(({ startedAt }) => Date.parse(startedAt)))).toBeLessThanOrEqual(MESSAGEBIRD_RATE);

  await system.sandbox.behaveWell();
  await until(
    'new events to go to the first provider again',
    async () => {
      const id = await system.client.accept(sms('+12025550107'));
      return way(await system.client.eventually(id, 'COMPLETED'))[0] === 'twilio delivered';
    },
    90_000,
  );
}, 300_000);
