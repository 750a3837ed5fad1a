import type { ProviderName } from '../channels.ts';
import type { AttemptDocument, EventDocument } from '../event.ts';
import { announceProviders, findConfiguredProviders } from './configured-providers.ts';
import type { Database } from './database.ts';
import { replay } from './dead-letters.ts';
import { deadLetter, failOver, findUndecided } from './decisions.ts';
import { claim, defer, nextAttemptId, recordAttempts } from './dispatch.ts';
import { takeDue } from './due.ts';
import { openStore, webhookAt } from './store-in-test.ts';

const start = new Date('2030-01-01T00:00:00Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);
const LEASE_MS = 60_000;

let database: Database;

beforeAll(async () => {
  database = await openStore('failover');
});
afterAll(() => database.close());

async function claimed(count: number, more: Partial<EventDocument> = {}): Promise<EventDocument[]> {
  const events = Array.from({ length: count }, () =>
    webhookAt(start, { channel: 'email', provider: 'sendgrid', ...more }),
  );
  await database.events.insertMany(events);
  const ids = events.map(({ _id }) => _id);
  return claim(database, ids, 'first', start, after(LEASE_MS));
}

const idsOf = (events: EventDocument[]): string[] => events.map(({ _id }) => _id);
const stored = (events: EventDocument[]): Promise<EventDocument[]> =>
  database.events.find({ _id: { $in: idsOf(events) } }).toArray();

async function fail(
  events: EventDocument[],
  errorClass: AttemptDocument['errorClass'] = 'network',
): Promise<EventDocument[]> {
  const attempts = events.map((event): AttemptDocument => {
    const { _id: eventId, provider, takenBy = '' } = event;
    const base = { ...nextAttemptId(event), eventId, provider, takenBy, startedAt: start, duration: 5 };
    return { ...base, outcome: 'failed', retryable: true, ...(errorClass && { errorClass }) };
  });
  await recordAttempts(database, attempts, start, start);
  return findUndecided(database, idsOf(events));
}

const go = (events: EventDocument[], to: ProviderName): Promise<void> =>
  failOver(
    database,
    events.map((event) => ({ event, to })),
    after(1_000),
  );

describe('events that fail over', () => {
  it('are due at once for the next provider, whose tries count anew, and remember the way', async () => {
    const failed = await fail(await claimed(20, { tries: 2, attempts: 7 }));
    await go(failed, 'mailgun');
    for (const event of await stored(failed)) {
      expect(event).toMatchObject({ status: 'RETRYING', queue: 'retry', dueAt: after(1_000), provider: 'mailgun' });
      expect(event).toMatchObject({ attempts: 8, tries: 3, formerTries: 3, formerProviders: ['sendgrid'] });
      expect(event.history.at(-1)).toEqual({
        status: 'RETRYING',
        at: after(1_000),
        reason: 'failover from sendgrid to mailgun',
      });
    }
    expect(await takeDue(database, 'RETRYING', after(1_000), 100, 'due queue')).toHaveLength(20);
  });

  it('need not have failed: put off by an open circuit they leave it without an attempt', async () => {
    const events = await claimed(20);
    await defer(database, events, start, after(30_000), 'circuit_open');
    await go(await findUndecided(database, idsOf(events)), 'mailgun');
    for (const event of await stored(events)) {
      expect(event).toMatchObject({
        status: 'RETRYING',
        dueAt: after(1_000),
        provider: 'mailgun',
        attempts: 0,
        tries: 0,
      });
      expect(event).toMatchObject({ deferrals: 0, formerProviders: ['sendgrid'] });
    }
    await takeDue(database, 'RETRYING', after(1_000), 100, 'due queue');
  });

  it('do so once, whoever decides second or late', async () => {
    const failed = await fail(await claimed(5));
    await Promise.all([go(failed, 'mailgun'), go(failed, 'mailgun')]);
    const [first] = await stored(failed);
    expect(first?.history.filter(({ reason }) => reason?.startsWith('failover'))).toHaveLength(1);

    await takeDue(database, 'RETRYING', after(1_000), 100, 'due queue');
    const again = await claim(database, idsOf(failed), 'second', after(2_000), after(LEASE_MS));
    await fail(again);
    const before = await stored(failed);
    await go(failed, 'mailgun');
    expect(await stored(failed)).toEqual(before);
  });

  it('stay where they are when the due queue was faster', async () => {
    const events = await claimed(3);
    await defer(database, events, start, after(500), 'circuit_open');
    const waiting = await findUndecided(database, idsOf(events));
    await takeDue(database, 'RETRYING', after(500), 100, 'due queue');
    await go(waiting, 'mailgun');
    for (const event of await stored(events)) expect(event).toMatchObject({ status: 'QUEUED', provider: 'sendgrid' });
  });
});

it('refused credentials are an attempt that counts for no limit', async () => {
  const events = await claimed(3);
  const [one] = await fail(events, 'auth');
  expect(one).toMatchObject({ status: 'FAILED', attempts: 1, tries: 0 });
});

it('a replay begins with the provider that was asked for, and its tries count anew', async () => {
  const failed = await fail(
    await claimed(4, { tries: 5, formerTries: 3, provider: 'mailgun', formerProviders: ['sendgrid'] }),
  );
  const other = await fail(await claimed(2, { provider: 'smtp' }));
  const ids = idsOf([...failed, ...other]);
  await deadLetter(
    database,
    ids.map((id) => ({ id, reason: 'exhausted', errorClass: 'network' })),
    after(10),
  );
  const asked = { replayId: 'replay', by: 'somebody', at: after(20) };
  expect(await replay(database, ids, asked, after(20))).toHaveLength(6);

  for (const event of await stored(failed)) {
    expect(event).toMatchObject({ status: 'QUEUED', provider: 'sendgrid', tries: 0 });
    expect(event).not.toHaveProperty('formerProviders');
    expect(event).not.toHaveProperty('formerTries');
  }
  for (const event of await stored(other)) expect(event).toMatchObject({ status: 'QUEUED', provider: 'smtp' });
});

it('a provider counts as configured while some dispatcher says so, and two minutes longer', async () => {
  await announceProviders(database, ['twilio', 'smtp'], start);
  await announceProviders(database, ['twilio'], after(60_000));
  expect(await findConfiguredProviders(database, after(119_999))).toEqual(new Set(['twilio', 'smtp']));
  expect(await findConfiguredProviders(database, after(120_000))).toEqual(new Set(['twilio']));
  expect(await findConfiguredProviders(database, after(180_000))).toEqual(new Set());
});
