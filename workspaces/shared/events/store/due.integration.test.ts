import type { EventDocument } from '../event.ts';
import type { Database } from './database.ts';
import { claim } from './dispatch.ts';
import { findDue, type QueuedEvent, takeDue, takeUnpublished } from './due.ts';
import { acceptance, openStore, webhookAt } from './store-in-test.ts';

const now = new Date('2030-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);

let database: Database;

beforeAll(async () => {
  database = await openStore('due');
});
beforeEach(async () => {
  await database.events.deleteMany({});
});
afterAll(() => database.close());

async function waiting(count: number, more: Partial<EventDocument>): Promise<string[]> {
  const events = Array.from({ length: count }, () => webhookAt(now, more));
  await database.events.insertMany(events);
  return events.map(({ _id }) => _id);
}

const idsOf = (events: { _id: string }[]): string[] => events.map(({ _id }) => _id).toSorted();

describe.each(['SCHEDULED', 'RETRYING'] as const)('due %s events', (status) => {
  it('taken by two instances at once are queued and answered exactly once', async () => {
    const ids = await waiting(200, { status, dueAt: now });
    const taken: QueuedEvent[][] = await Promise.all(
      ['first', 'second', 'third'].map((token) => takeDue(database, status, now, 150, token)),
    );
    const rest = await takeDue(database, status, now, 150, 'fourth');

    expect(idsOf([...taken, rest].flat())).toEqual(ids.toSorted());
    for (const event of await database.events.find().toArray()) {
      expect(event).toMatchObject({ status: 'QUEUED', dueAt: later(5_000) });
      expect(event.history).toHaveLength(2);
    }
  });

  it('are taken in the order in which they are due, and none before its time', async () => {
    const [second = ''] = await waiting(1, { status, dueAt: later(-1) });
    const [first = ''] = await waiting(1, { status, dueAt: later(-2) });
    const [third = ''] = await waiting(1, { status, dueAt: now });
    await waiting(1, { status, dueAt: later(1) });

    expect(idsOf(await takeDue(database, status, now, 2, 'token'))).toEqual([first, second].toSorted());
    expect(idsOf(await takeDue(database, status, now, 2, 'token'))).toEqual([third]);
    expect(await takeDue(database, status, now, 2, 'token')).toEqual([]);
  });

  it('are answered with what their publication needs, and with nothing else', async () => {
    const [id] = await waiting(1, { status, queue: 'critical', dueAt: now });
    const { traceparent } = acceptance(now);
    expect(await takeDue(database, status, now, 10, 'token')).toEqual([{ _id: id, queue: 'critical', traceparent }]);
  });
});

describe('queued events without a message', () => {
  it('are taken over by one of two sweepers', async () => {
    const ids = await waiting(100, { dueAt: now });
    const [first = [], second = []] = await Promise.all(
      ['first', 'second'].map((token) => takeUnpublished(database, ids, now, token)),
    );
    expect(idsOf([...first, ...second])).toEqual(ids.toSorted());
  });

  it('are left alone for a while once they are published again', async () => {
    const ids = await waiting(3, { dueAt: now });
    await takeUnpublished(database, ids, now, 'first');

    expect(await takeUnpublished(database, ids, later(29_999), 'second')).toEqual([]);
    expect(await findDue(database, 'QUEUED', later(29_999), 10)).toEqual([]);
    expect(idsOf(await takeUnpublished(database, ids, later(30_000), 'third'))).toEqual(ids.toSorted());
  });

  it('are not taken from a dispatcher that has claimed them meanwhile, nor before they are due', async () => {
    const [claimed = '', early = ''] = [...(await waiting(1, { dueAt: now })), ...(await waiting(1, {}))];
    // Even one whose lease is over: that one is the reaper's.
    await claim(database, [claimed], 'claim', now, now);

    expect(await takeUnpublished(database, [claimed, early], now, 'sweeper')).toEqual([]);
    expect(await database.events.findOne({ _id: claimed })).toMatchObject({ takenBy: 'claim', dueAt: now });
  });
});
