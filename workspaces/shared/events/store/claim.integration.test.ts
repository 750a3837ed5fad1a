import { randomUUID } from 'node:crypto';
import type { EventDocument } from '../event.ts';
import { cancel } from './cancellation.ts';
import type { Database } from './database.ts';
import { claim, expire } from './dispatch.ts';
import { openStore, webhookAt } from './store-in-test.ts';

const now = new Date('2030-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);
const LEASE_MS = 60_000;

let database: Database;

beforeAll(async () => {
  database = await openStore('claim');
});
afterAll(() => database.close());

/** Stores QUEUED events; answers their ids. */
async function queued(count: number, more: Partial<EventDocument> = {}): Promise<string[]> {
  const events = Array.from({ length: count }, () => webhookAt(now, more));
  await database.events.insertMany(events);
  return events.map(({ _id }) => _id);
}

const idsOf = (events: EventDocument[]): string[] => events.map(({ _id }) => _id).toSorted();
const stored = (ids: string[]): Promise<EventDocument[]> => database.events.find({ _id: { $in: ids } }).toArray();

describe('claims', () => {
  it('of the same 200 events by two dispatchers are disjoint and together all', async () => {
    const ids = await queued(200);
    // In opposite orders, so that each gets some of them.
    const [first, second] = await Promise.all([
      claim(database, ids, 'first', now, later(LEASE_MS)),
      claim(database, ids.toReversed(), 'second', now, later(LEASE_MS)),
    ]);

    expect([...idsOf(first), ...idsOf(second)].toSorted()).toEqual(ids.toSorted());
    const owners = new Map((await stored(ids)).map(({ _id, takenBy }) => [_id, takenBy]));
    expect(first.every(({ _id }) => owners.get(_id) === 'first')).toBe(true);
    expect(second.every(({ _id }) => owners.get(_id) === 'second')).toBe(true);
  });

  it('can be repeated when their answer was lost: the same events, once in their history', async () => {
    const ids = await queued(20);
    const first = await claim(database, ids, 'token', now, later(LEASE_MS));
    const again = await claim(database, ids, 'token', later(500), later(LEASE_MS + 500));

    expect(idsOf(again)).toEqual(ids.toSorted());
    expect(again.toSorted(byId)).toEqual(first.toSorted(byId));
    expect(again[0]).toMatchObject({ status: 'PROCESSING', dueAt: later(LEASE_MS) });
    expect(again[0]?.history.map(({ status }) => status)).toEqual(['QUEUED', 'PROCESSING']);
  });

  it('take nothing that another one has, and nothing that is not queued', async () => {
    const ids = await queued(3);
    const canceled = await queued(1, { status: 'CANCELED' });
    await claim(database, ids, 'first', now, later(LEASE_MS));
    expect(await claim(database, [...ids, ...canceled, randomUUID()], 'second', now, later(LEASE_MS))).toEqual([]);
  });
});

describe('an event whose time is over', () => {
  it('is not claimed but dead-lettered, and its neighbours are left alone', async () => {
    const [over = ''] = await queued(1, { expiresAt: now });
    const rest = [...(await queued(1, { expiresAt: later(1) })), ...(await queued(1))];

    const claimed = await claim(database, [over, ...rest], 'token', now, later(LEASE_MS));
    expect(idsOf(claimed)).toEqual(rest.toSorted());
    expect(await expire(database, [over, ...rest], now)).toBe(1);

    expect((await stored([over]))[0]).toMatchObject({
      status: 'DEAD_LETTERED',
      deadLetter: { reason: 'expired', at: now },
      // Due at once: it has yet to be announced.
      dueAt: now,
      attempts: 0,
    });
    expect((await stored(rest)).map(({ status }) => status)).toEqual(['PROCESSING', 'PROCESSING']);
  });

  it('is dead-lettered once, however often that is asked for', async () => {
    const ids = await queued(5, { expiresAt: later(-1) });
    const counts = await Promise.all([expire(database, ids, now), expire(database, ids, now)]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
    for (const { history } of await stored(ids)) expect(history).toHaveLength(2);
  });
});

describe('a cancellation', () => {
  it('and a claim that race for an event: exactly one gets it', async () => {
    const ids = await queued(60);
    const [claims, cancellations] = await Promise.all([
      Promise.all(ids.map((id) => claim(database, [id], `claim of ${id}`, now, later(LEASE_MS)))),
      Promise.all(ids.map((id) => cancel(database, id, now, 'somebody'))),
    ]);

    const winners = ids.map((_, n) => (claims[n]?.length ?? 0) + (cancellations[n] ? 1 : 0));
    expect(winners).toEqual(ids.map(() => 1));
    const events = await stored(ids);
    expect(events.map(({ history }) => history.length)).toEqual(ids.map(() => 2));
    expect(events.filter(({ status }) => status === 'PROCESSING')).toHaveLength(claims.flat().length);
  });

  it('comes too late once an event is claimed, and a claim once it is canceled', async () => {
    const [claimed = '', canceled = ''] = await queued(2);
    await claim(database, [claimed], 'token', now, later(LEASE_MS));
    expect(await cancel(database, claimed, now, 'somebody')).toBeUndefined();

    expect(await cancel(database, canceled, now, 'somebody')).toMatchObject({ status: 'CANCELED' });
    expect(await claim(database, [canceled], 'token', now, later(LEASE_MS))).toEqual([]);
    const [event] = await stored([canceled]);
    expect(event).not.toHaveProperty('dueAt');
    expect(event?.history.at(-1)).toEqual({ status: 'CANCELED', at: now, by: 'somebody' });
  });
});

function byId(a: EventDocument, b: EventDocument): number {
  return a._id.localeCompare(b._id);
}
