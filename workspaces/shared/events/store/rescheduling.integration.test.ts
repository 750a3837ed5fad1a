import type { EventDocument } from '../event.ts';
import type { Database } from './database.ts';
import { takeDue } from './due.ts';
import { findEvent } from './queries.ts';
import { reschedule } from './rescheduling.ts';
import { openStore, webhookAt } from './store-in-test.ts';

const now = new Date('2030-01-01T12:00:00Z');
const after = (ms: number): Date => new Date(now.getTime() + ms);
const HOUR = 3_600_000;

let database: Database;

beforeAll(async () => {
  database = await openStore('rescheduling');
});
beforeEach(async () => {
  await database.events.deleteMany({});
});
afterAll(() => database.close());

async function scheduled(more: Partial<EventDocument> = {}): Promise<EventDocument> {
  const sendAt = after(HOUR);
  const event = webhookAt(now, { status: 'SCHEDULED', sendAt, dueAt: sendAt, ...more });
  await database.events.insertOne(event);
  return event;
}

describe('an event that waits for its time', () => {
  it('is moved, and goes out at its new time only', async () => {
    const event = await scheduled();
    expect(await reschedule(database, event, after(2 * HOUR), now, 'ada')).toMatchObject({
      status: 'SCHEDULED',
      sendAt: after(2 * HOUR),
    });

    expect(await takeDue(database, 'SCHEDULED', after(HOUR), 10, 'token')).toEqual([]);
    expect(await takeDue(database, 'SCHEDULED', after(2 * HOUR), 10, 'token')).toHaveLength(1);
    const { history = [] } = (await findEvent(database, event._id)) ?? {};
    expect(history).toContainEqual({ status: 'SCHEDULED', at: now, reason: 'moved', by: 'ada' });
  });

  it('is moved out of the quiet hours of its route', async () => {
    const event = await scheduled({ quietHours: { from: '22:00', to: '07:00', timeZone: 'UTC' } });
    const moved = await reschedule(database, event, new Date('2030-01-02T23:00:00Z'), now, 'ada');
    expect(moved?.dueAt).toEqual(new Date('2030-01-03T07:00:00Z'));
  });

  it('is not moved past its expiry', async () => {
    const event = await scheduled({ expiresAt: after(2 * HOUR) });
    expect(await reschedule(database, event, after(2 * HOUR), now, 'ada')).toBeUndefined();
    expect(await reschedule(database, event, after(2 * HOUR - 1), now, 'ada')).toBeDefined();
  });

  it.each(['QUEUED', 'PROCESSING', 'RETRYING', 'COMPLETED', 'CANCELED'] as const)(
    'no more, being %s, stays as it is',
    async (status) => {
      const event = await scheduled({ status });
      expect(await reschedule(database, event, after(2 * HOUR), now, 'ada')).toBeUndefined();
      expect(await findEvent(database, event._id)).toEqual(event);
    },
  );
});

it('moved while the due queue takes them, each of 200 events is either taken or moved', async () => {
  const events = await Promise.all(Array.from({ length: 200 }, () => scheduled()));
  const [taken, ...moved] = await Promise.all([
    takeDue(database, 'SCHEDULED', after(HOUR), 200, 'token'),
    ...events.map((event) => reschedule(database, event, after(2 * HOUR), now, 'ada')),
  ]);

  const movedIds = moved.flatMap((event) => event?._id ?? []);
  expect([...taken.map(({ _id }) => _id), ...movedIds].toSorted()).toEqual(events.map(({ _id }) => _id).toSorted());
});
