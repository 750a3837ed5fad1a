import { newFamily, typedEventRequest } from '../typed-event.ts';
import { takeDue } from './due.ts';
import { findChildren, insertFamilies } from './families.ts';
import {
  after,
  expectIndexed,
  FINISHED,
  now,
  OPEN,
  type ProfiledStore,
  profiledStore,
} from './profiled-store-in-test.ts';
import { findEvents } from './queries.ts';
import { reschedule } from './rescheduling.ts';
import { acceptance, webhookAt } from './store-in-test.ts';

const WAITING = 5_000;

let store: ProfiledStore;

beforeAll(async () => {
  store = await profiledStore('scheduling-plans');
  const sendAt = after(86_400_000);
  await store.database.events.insertMany(
    Array.from({ length: WAITING }, () => webhookAt(after(0), { status: 'SCHEDULED', sendAt, dueAt: sendAt })),
  );
});
afterAll(() => store.close());

const child = () => {
  const { channel, payload, priority } = webhookAt(now);
  return { channel, payload, priority } as Parameters<typeof newFamily>[1][number];
};
const family = (idempotencyKey?: string) =>
  newFamily(typedEventRequest.parse({ type: 'custom' }), [child(), child()], { ...acceptance(now), idempotencyKey });

async function stored(key?: string) {
  const [result] = await insertFamilies(store.database, [family(key)]);
  if (result?.outcome !== 'created') throw new Error('not created');
  return result.parent;
}

describe(`beside ${FINISHED} finished events and ${WAITING} that are scheduled for later`, () => {
  it('the due queue looks at none of them: when nothing is due, and when something is', async () => {
    const none = await store.profiled(() => takeDue(store.database, 'SCHEDULED', after(-1), OPEN, 'nobody'));
    expect(none).not.toHaveLength(0);
    expectIndexed(none, 0);

    const taken: unknown[] = [];
    const some = await store.profiled(async () => {
      taken.push(...(await takeDue(store.database, 'SCHEDULED', now, 50, 'somebody')));
    });
    expect(taken).toHaveLength(50);
    expectIndexed(some, 50);
  });

  it('moving one looks at one, and rewrites one index key', async () => {
    const event = webhookAt(now, { status: 'SCHEDULED', dueAt: after(86_400_000) });
    await store.database.events.insertOne(event);
    const operations = await store.profiled(() => reschedule(store.database, event, after(9e7), now, 'ada'));
    expectIndexed(operations, 1);
    expect(operations.map(({ keysInserted, keysDeleted }) => [keysInserted, keysDeleted])).toEqual([[1, 1]]);
  });

  it('children are found and listed by their ids', async () => {
    const parents = [await stored(), await stored()];
    expectIndexed(await store.profiled(() => findChildren(store.database, ...parents)), 4);
    const parentId = parents[0]?._id;
    expectIndexed(await store.profiled(() => findEvents(store.database, { parentId }, 50)), 2);
  });

  it('a repeated typed event is met by its key', async () => {
    await stored('known');
    expectIndexed(await store.profiled(() => insertFamilies(store.database, [family('known')])), 2);
  });
});
