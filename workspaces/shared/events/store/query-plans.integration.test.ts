import { randomUUID } from 'node:crypto';
import { insertEvents } from './acceptance.ts';
import { attemptsOf, findLastAttempts } from './attempts.ts';
import { countDeadLetters, countReplayed, findDeadLetters } from './dead-letters.ts';
import { findUndecided, findUnannounced } from './decisions.ts';
import { findExpiredLeases } from './dispatch.ts';
import { findDue } from './due.ts';
import { findEnded } from './endings.ts';
import { countStuck, oldestDue } from './overdue.ts';
import { findParents } from './parents.ts';
import {
  after,
  expectIndexed,
  FINISHED,
  now,
  OPEN,
  type ProfiledStore,
  profiledStore,
} from './profiled-store-in-test.ts';
import { countOpenByStatus, findEvent, findEvents } from './queries.ts';
import { findTasks } from './tasks.ts';
import { isAnyWaiting } from './waiting.ts';

let store: ProfiledStore;

beforeAll(async () => {
  store = await profiledStore('query-plans');
});
afterAll(() => store.close());

/** Each with the number of documents that it may look at. */
const CASES: [string, number, () => Promise<unknown>][] = [
  ...(['SCHEDULED', 'QUEUED', 'PROCESSING', 'SENT', 'FAILED', 'RETRYING', 'DEAD_LETTERED'] as const).map(
    (status): [string, number, () => Promise<unknown>] => [
      `find ${status} events that are due`,
      50,
      () => findDue(store.database, status, now, 50),
    ],
  ),
  ['find events of one queue that are due', 50, () => findDue(store.database, 'QUEUED', now, 50, ['critical'])],
  ['find none of a queue, though others are due', 0, () => findDue(store.database, 'RETRYING', now, 50, ['critical'])],
  ['find none due', 0, () => findDue(store.database, 'RETRYING', after(-1), 50)],
  ['ask how late each queue is', 9, () => oldestDue(store.database, now)],
  ['ask whether critical events wait', 0, () => isAnyWaiting(store.database, 'critical', new Date(0))],
  ['count stuck events', OPEN, () => countStuck(store.database, now)],
  ['find expired leases', 50, () => findExpiredLeases(store.database, now, 50)],
  ['find dead letters to announce', 50, () => findUnannounced(store.database, now, 50)],
  ['find failed events', 50, () => findUndecided(store.database, store.ids('FAILED'))],
  [
    'find last attempts',
    50,
    () =>
      findLastAttempts(
        store.database,
        store.ids('FAILED').map((_id) => ({ _id, attempts: 1 })),
      ),
  ],
  ['find the attempts of an event', 1, () => attemptsOf(store.database, store.ids('COMPLETED')[0] ?? '')],
  ['find an event', 1, () => findEvent(store.database, store.ids('COMPLETED')[0] ?? '')],
  ['list the newest events', 50, () => findEvents(store.database, {}, 50)],
  ['list the next page', 50, () => findEvents(store.database, {}, 50, store.ids('COMPLETED', 2_500)[0])],
  ['list a range of time', 50, () => findEvents(store.database, { from: after(1_000), to: after(1_050) }, 200)],
  ['list typed events, among many others', 0, () => findParents(store.database, 50, /^reminder\./)],
  ['list tasks of the former endpoints, among many others', 0, () => findTasks(store.database, {}, 50, 0)],
  ['find ended events', 50, () => findEnded(store.database, store.ids('COMPLETED').slice(0, 50))],
  ['list dead letters', 50, () => findDeadLetters(store.database, {}, { order: 'newest', limit: 50 })],
  [
    'list the next page of dead letters',
    51,
    () =>
      findDeadLetters(
        store.database,
        {},
        { order: 'newest', limit: 50, after: { at: after(150), id: store.ids('DEAD_LETTERED', 150)[0] ?? '' } },
      ),
  ],
  [
    'list dead letters from the oldest',
    50,
    () => findDeadLetters(store.database, { to: now }, { order: 'oldest', limit: 50 }),
  ],
  [
    'list dead letters by their ids',
    50,
    () => findDeadLetters(store.database, { ids: store.ids('DEAD_LETTERED') }, { order: 'oldest', limit: 50 }),
  ],
  ['count dead letters', OPEN, () => countDeadLetters(store.database, {})],
  ['count open events by status', OPEN, () => countOpenByStatus(store.database)],
  [
    'meet a known key',
    1,
    () =>
      store.database.events
        .findOne({ _id: store.ids('COMPLETED')[0] ?? '' })
        .then((event) => event && insertEvents(store.database, [{ ...event, _id: randomUUID() }])),
  ],
  ['count what a replay has put back', 50, () => countReplayed(store.database, store.ids('DEAD_LETTERED'), 'replay')],
];

describe(`beside ${FINISHED} finished events`, () => {
  it.each(CASES)('to %s looks at %d documents at most', async (_, limit, action) => {
    const operations = await store.profiled(action);
    expect(operations.filter(({ op }) => op !== 'insert')).not.toHaveLength(0);
    expectIndexed(operations, limit);
  });
});
