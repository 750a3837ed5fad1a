import type { AttemptDocument, EventDocument } from '../event.ts';
import { attemptsOf, insertAttempts } from './attempts.ts';
import type { Database } from './database.ts';
import { scheduleRetries } from './decisions.ts';
import { claim, defer, nextAttemptId, recordAttempts } from './dispatch.ts';
import { takeDue } from './due.ts';
import { openStore, webhookAt } from './store-in-test.ts';

const start = new Date('2030-01-01T00:00:00Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);
const HOUR = 3_600_000;

let database: Database;

beforeAll(async () => {
  database = await openStore('outcomes');
});
afterAll(() => database.close());

async function claimed(count: number, token = 'claim'): Promise<EventDocument[]> {
  const events = Array.from({ length: count }, () => webhookAt(start));
  await database.events.insertMany(events);
  return claim(
    database,
    events.map(({ _id }) => _id),
    token,
    start,
    after(60_000),
  );
}

function attemptOf(event: EventDocument | undefined, outcome: AttemptDocument['outcome']): AttemptDocument {
  if (!event) throw new Error('no event');
  const { _id: eventId, provider, takenBy = '' } = event;
  const failure = outcome === 'failed' ? ({ errorClass: 'network', retryable: true } as const) : {};
  return { ...nextAttemptId(event), eventId, provider, takenBy, startedAt: start, duration: 5, outcome, ...failure };
}

const record = (attempts: AttemptDocument[], at = after(10)) => recordAttempts(database, attempts, at, after(HOUR));
const stored = (ids: string[]): Promise<EventDocument[]> =>
  database.events
    .find({ _id: { $in: ids } })
    .sort({ _id: 1 })
    .toArray();

/** Decided, due and claimed for its second attempt by another dispatcher. */
async function claimedAgain(id: string, at: Date): Promise<EventDocument | undefined> {
  await takeDue(database, 'RETRYING', at, 10, 'due queue');
  const [event] = await claim(database, [id], 'second claim', at, new Date(at.getTime() + 60_000));
  return event;
}

describe('recorded attempts', () => {
  it('make of each event what its own outcome says', async () => {
    const [delivered, accepted, failed] = await claimed(3);
    const outcomes = await record([
      attemptOf(delivered, 'delivered'),
      attemptOf(accepted, 'accepted'),
      attemptOf(failed, 'failed'),
    ]);

    expect(outcomes).toEqual({ completed: [delivered?._id], sent: [accepted?._id], failed: [failed?._id] });
    const once = { attempts: 1, tries: 1 };
    expect(await stored([delivered?._id ?? '', accepted?._id ?? '', failed?._id ?? ''])).toMatchObject([
      { status: 'COMPLETED', ...once },
      { status: 'SENT', dueAt: after(HOUR), ...once },
      { status: 'FAILED', dueAt: after(10_010), ...once },
    ]);
  });

  it('recorded again as a whole, after an answer was lost, change nothing more', async () => {
    const events = await claimed(30);
    const kinds = ['delivered', 'accepted', 'failed'] as const;
    const attempts = events.map((event, n) => attemptOf(event, kinds[n % 3] ?? 'failed'));
    const first = await record(attempts);
    const ids = events.map(({ _id }) => _id);
    const before = await stored(ids);

    expect(await record(attempts, after(2_000))).toEqual(first);
    expect(await stored(ids)).toEqual(before);
  });

  it('finish their events when only the attempts were written before MongoDB went away', async () => {
    const events = await claimed(10);
    const attempts = events.map((event) => attemptOf(event, 'delivered'));
    await insertAttempts(database, attempts.slice(0, 7));

    await record(attempts);
    for (const event of await stored(events.map(({ _id }) => _id))) {
      expect(event).toMatchObject({ status: 'COMPLETED', attempts: 1, tries: 1 });
      expect(await attemptsOf(database, event._id)).toHaveLength(1);
    }
  });
});

describe('what comes too late', () => {
  it('an attempt that the reaper has given up changes nothing, whatever its outcome', async () => {
    const [event, neighbour] = await claimed(2);
    const given = { ...attemptOf(event, 'failed'), takenBy: 'reaper', errorClass: 'unknown_outcome' as const };
    await record([given], after(60_000));
    const [before] = await stored([event?._id ?? '']);

    const outcomes = await record([attemptOf(event, 'delivered'), attemptOf(neighbour, 'delivered')], after(61_000));
    expect(outcomes).toEqual({ completed: [neighbour?._id], sent: [], failed: [] });
    expect(await stored([event?._id ?? ''])).toEqual([before]);
    expect(await attemptsOf(database, event?._id ?? '')).toEqual([given]);
  });

  it('the repetition of a failed attempt leaves the next attempt alone, which another one is making', async () => {
    const [event] = await claimed(1);
    const id = event?._id ?? '';
    const first = attemptOf(event, 'failed');
    await record([first]);
    await scheduleRetries(database, [{ id, at: after(1_000) }], after(20));
    const second = await claimedAgain(id, after(1_000));

    // Its answer was lost with the connection, so the first dispatcher writes it once more.
    await record([first], after(2_000));
    expect(await stored([id])).toEqual([second]);
    await record([attemptOf(second, 'delivered')], after(3_000));
    expect(await stored([id])).toMatchObject([{ status: 'COMPLETED', attempts: 2 }]);
  });

  it('the repetition of a deferral leaves the next claim alone', async () => {
    const [event] = await claimed(1);
    const id = event?._id ?? '';
    const first = event ? [event] : [];
    expect(await defer(database, first, start, after(500), 'circuit_open')).toBe(1);
    const second = await claimedAgain(id, after(500));

    expect(await defer(database, first, after(1_000), after(1_500), 'circuit_open')).toBe(0);
    expect(await stored([id])).toEqual([second]);
  });

  it('a deferral by one who stood still leaves alone what the reaper has given to another one', async () => {
    const [event] = await claimed(1);
    const id = event?._id ?? '';
    // As often put off as before: never.
    await record([{ ...attemptOf(event, 'failed'), takenBy: 'reaper' }]);
    await scheduleRetries(database, [{ id, at: after(1_000) }], after(20));
    const second = await claimedAgain(id, after(1_000));

    expect(await defer(database, event ? [event] : [], after(1_100), after(1_500), 'destination_busy')).toBe(0);
    expect(await stored([id])).toEqual([second]);
  });
});
