import type { AttemptDocument, EventDocument } from '../event.ts';
import { insertEvents } from './acceptance.ts';
import { cancel } from './cancellation.ts';
import { replay } from './dead-letters.ts';
import {
  completeUnconfirmed,
  deadLetter,
  failOver,
  findUndecided,
  markAnnounced,
  scheduleRetries,
} from './decisions.ts';
import { claim, defer, expire, recordAttempts } from './dispatch.ts';
import { takeDue, takeUnpublished } from './due.ts';
import {
  attemptOf,
  expectIndexed,
  FINISHED,
  now,
  type ProfiledStore,
  profiledStore,
} from './profiled-store-in-test.ts';
import { webhookAt } from './store-in-test.ts';

let store: ProfiledStore;

beforeAll(async () => {
  store = await profiledStore('transition-plans');
});
afterAll(() => store.close());

const newEvents = (count: number): EventDocument[] =>
  Array.from({ length: count }, (_, n) => webhookAt(now, { idempotencyKey: `new ${n}` }));
const record = (ids: string[], outcome: AttemptDocument['outcome']) =>
  recordAttempts(
    store.database,
    ids.map((id) => attemptOf(id, 2, outcome)),
    now,
    now,
  );
const retry = (ids: string[]) =>
  scheduleRetries(
    store.database,
    ids.map((id) => ({ id, at: now })),
    now,
  );
const goOn = async (ids: string[]): Promise<void> => {
  const events = await findUndecided(store.database, ids);
  await failOver(
    store.database,
    events.map((event) => ({ event, to: 'smtp' })),
    now,
  );
};
const giveUp = (ids: string[]) =>
  deadLetter(
    store.database,
    ids.map((id) => ({ id, reason: 'exhausted', errorClass: 'network' })),
    now,
  );
const putOff = (ids: string[]) =>
  defer(
    store.database,
    ids.map((_id) => ({ _id, takenBy: 'dispatcher' })),
    now,
    now,
    'circuit_open',
  );
const asked = { replayId: 'replay', by: 'somebody', at: now };

/** Each with the number of documents that it may look at, and of index keys that it writes and removes. */
const CASES: [string, number, number, () => Promise<unknown>][] = [
  ['store', 0, 150, () => insertEvents(store.database, newEvents(50))],
  ['expire none', 50, 0, () => expire(store.database, store.ids('QUEUED'), now)],
  ['claim, and find by token', 50, 100, () => claim(store.database, store.ids('QUEUED'), 'token', now, now)],
  ['claim one', 1, 2, () => claim(store.database, store.ids('QUEUED', 50, 51), 'token', now, now)],
  [
    'take over what is unpublished',
    50,
    100,
    () => takeUnpublished(store.database, store.ids('QUEUED', 100), now, 'token'),
  ],
  ['record failures', 50, 100, () => record(store.ids('PROCESSING'), 'failed')],
  ['record deliveries', 50, 50, () => record(store.ids('PROCESSING', 50), 'delivered')],
  ['defer', 50, 100, () => putOff(store.ids('PROCESSING', 100))],
  ['schedule retries', 50, 100, () => retry(store.ids('FAILED'))],
  // One more in the index of dead letters.
  ['dead-letter', 50, 150, () => giveUp(store.ids('FAILED', 50))],
  ['fail over', 50, 100, () => goOn(store.ids('FAILED', 100))],
  ['fail over what is put off', 50, 100, () => goOn(store.ids('RETRYING', 100))],
  ['take due retries', 50, 100, () => takeDue(store.database, 'RETRYING', now, 50, 'token')],
  ['complete unconfirmed ones', 50, 50, () => completeUnconfirmed(store.database, store.ids('SENT'), now)],
  ['mark dead letters as announced', 50, 50, () => markAnnounced(store.database, store.ids('DEAD_LETTERED'), now)],
  ['replay announced ones', 50, 100, () => replay(store.database, store.ids('DEAD_LETTERED'), asked, now)],
  ['replay from the middle', 50, 150, () => replay(store.database, store.ids('DEAD_LETTERED', 200), asked, now)],
  ['cancel', 1, 1, () => cancel(store.database, store.ids('SCHEDULED')[0] ?? '', now, 'somebody')],
];

describe(`beside ${FINISHED} finished events`, () => {
  it.each(CASES)('to %s looks at %d documents at most, and changes %d index keys', async (_, limit, keys, action) => {
    const operations = await store.profiled(action);
    expect(operations).not.toHaveLength(0);
    expectIndexed(operations, limit);
    const changed = operations
      .filter(({ ns }) => ns.endsWith('.events'))
      .map(({ keysInserted = 0, keysDeleted = 0 }) => keysInserted + keysDeleted);
    expect(changed.reduce((sum, count) => sum + count, 0)).toBe(keys);
  });
});
