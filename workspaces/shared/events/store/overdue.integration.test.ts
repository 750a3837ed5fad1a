import type { EventDocument } from '../event.ts';
import type { Database } from './database.ts';
import { countStuck, oldestDue, STUCK_AFTER_MS } from './overdue.ts';
import { openStore, webhookAt } from './store-in-test.ts';

const now = new Date('2030-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);

let database: Database;
beforeAll(async () => {
  database = await openStore('overdue');
});
beforeEach(() => database.events.deleteMany({}));
afterAll(() => database.close());

const store = (...events: Partial<EventDocument>[]) =>
  database.events.insertMany(events.map((more) => webhookAt(now, more)));
const late = async () => (await oldestDue(database, now)).filter(({ ageMs }) => ageMs > 0);

describe('how late the longest due event is', () => {
  it('is told of each queue, so that a backlog of retries does not hide a critical event', async () => {
    await store(
      { status: 'QUEUED', queue: 'critical', dueAt: later(-2_000) },
      { status: 'QUEUED', queue: 'critical', dueAt: later(-3_000) },
      { status: 'RETRYING', queue: 'retry', dueAt: later(-60_000) },
      { status: 'SCHEDULED', queue: 'default', dueAt: later(1) },
    );
    expect(await late()).toEqual([
      { status: 'QUEUED', queue: 'critical', ageMs: 3_000 },
      { status: 'RETRYING', queue: 'retry', ageMs: 60_000 },
    ]);
  });

  it('is 0 where nothing waits', async () => {
    expect(await oldestDue(database, now)).toHaveLength(9);
    expect(await late()).toEqual([]);
  });
});

describe('a stuck event', () => {
  it('is one that nobody went on with for five minutes, whatever it waits for', async () => {
    const dueAt = later(-STUCK_AFTER_MS - 1);
    await store(
      { status: 'PROCESSING', dueAt },
      { status: 'FAILED', dueAt },
      { status: 'FAILED', dueAt },
      { status: 'SENT', dueAt },
    );
    expect(Object.fromEntries(await countStuck(database, now))).toEqual({
      SCHEDULED: 0,
      PROCESSING: 1,
      SENT: 1,
      FAILED: 2,
      RETRYING: 0,
    });
  });

  it('is none that is repaired within its time, waits in a backlog, or has ended', async () => {
    const { dueAt: _, ...ended } = webhookAt(now, { status: 'COMPLETED' });
    await database.events.insertOne(ended);
    await store(
      { status: 'PROCESSING', dueAt: later(-STUCK_AFTER_MS + 1_000) },
      { status: 'QUEUED', dueAt: later(-10 * STUCK_AFTER_MS) },
      { status: 'SCHEDULED', dueAt: later(1) },
    );
    expect([...(await countStuck(database, now)).values()]).toEqual([0, 0, 0, 0, 0]);
  });
});
