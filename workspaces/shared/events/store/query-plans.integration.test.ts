import { randomUUID } from 'node:crypto';
import { eventRequest, newEvent } from '../event-request.ts';
import { type AttemptDocument, attemptId, type EventDocument } from '../event.ts';
import type { Status } from '../status.ts';
import { insertEvents } from './acceptance.ts';
import { attemptsOf, findLastAttempts } from './attempts.ts';
import { cancel } from './cancellation.ts';
import { type Database, ensureIndexes, openDatabase } from './database.ts';
import { countDeadLetters, countReplayed, findDeadLetters, replay } from './dead-letters.ts';
import {
  completeUnconfirmed,
  deadLetter,
  findFailed,
  findUnannounced,
  markAnnounced,
  scheduleRetries,
} from './decisions.ts';
import { claim, defer, expire, findExpiredLeases, recordAttempts } from './dispatch.ts';
import { findDue, lateness, takeDue, takeUnpublished } from './due.ts';
import { countOpenByStatus, findEvent, findEvents } from './queries.ts';

const FINISHED = 5_000;
/** Events of each status that somebody waits for. */
const OPEN = 300;
const start = new Date('2030-01-01T00:00:00Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);

let database: Database;
const ids = new Map<Status, string[]>();

beforeAll(async () => {
  const name = `query-plans-${randomUUID()}`;
  database = await openDatabase({
    MONGODB_URI: process.env['MONGODB_URI'] ?? '',
    MONGODB_DB_NAME: name,
    appName: name,
  });
  await ensureIndexes(database);
  await store('COMPLETED', FINISHED, ({ dueAt, ...event }) => event);
  for (const status of ['SCHEDULED', 'QUEUED', 'SENT', 'FAILED', 'RETRYING'] as const) await store(status, OPEN);
  await store('PROCESSING', OPEN, (event) => ({ ...event, takenBy: 'dispatcher' }));
  await store('DEAD_LETTERED', OPEN, (event) => ({
    ...event,
    deadLetter: { reason: 'exhausted', at: event.createdAt },
  }));
});
afterAll(async () => {
  await database.models.event.db.dropDatabase();
  await database.close();
});

/** Events a millisecond apart and all due by an hour later; each has a key and one attempt. */
async function store(status: Status, count: number, complete = (event: EventDocument) => event): Promise<void> {
  const request = eventRequest.parse({ channel: 'webhook', payload: { url: 'http://receiver.example/', body: {} } });
  const defaultProviders = { email: 'smtp', sms: 'twilio', webhook: 'webhook' } as const;
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const events = Array.from({ length: count }, (_, n) => {
    const idempotencyKey = `${status} ${n}`;
    const event = newEvent(request, { now: after(n), defaultProviders, traceparent, idempotencyKey });
    return complete({ ...event, status, attempts: 1, tries: 1 });
  });
  await database.events.insertMany(events);
  await database.attempts.insertMany(events.map(({ _id }) => attemptOf(_id, 1)));
  ids.set(
    status,
    events.map(({ _id }) => _id),
  );
}

function attemptOf(eventId: string, number: number): AttemptDocument {
  const _id = attemptId(eventId, number);
  const takenBy = 'dispatcher';
  return { _id, eventId, number, provider: 'webhook', takenBy, startedAt: start, duration: 5, outcome: 'failed' };
}

interface Profiled {
  op: string;
  planSummary?: string;
  keysExamined?: number;
  docsExamined?: number;
}

/** What MongoDB did for an action, as its profiler saw it: the queries as they are sent, not as a test would copy them. */
async function profiled(action: () => Promise<unknown>): Promise<Profiled[]> {
  const { db } = database.models.event.db;
  if (!db) throw new Error('not connected');
  await db.command({ profile: 0 });
  await db.dropCollection('system.profile');
  await db.command({ profile: 2, slowms: 0 });
  await action();
  await db.command({ profile: 0 });
  const ns = { $in: [`${db.databaseName}.events`, `${db.databaseName}.attempts`] };
  return db.collection<Profiled>('system.profile').find({ ns }).toArray();
}

const some = (status: Status, count = 50): string[] => (ids.get(status) ?? []).slice(0, count);
const one = (status: Status): string => some(status, 1)[0] ?? '';
const asked = { replayId: 'replay', by: 'somebody', at: after(3_600_000) };
const now = after(3_600_000);

/** Each with the number of documents that it may look at; reading ones before those that change what they read. */
const CASES: [string, number, () => Promise<unknown>][] = [
  ...(['SCHEDULED', 'QUEUED', 'PROCESSING', 'SENT', 'FAILED', 'RETRYING', 'DEAD_LETTERED'] as const).map(
    (status): [string, number, () => Promise<unknown>] => [
      `find ${status} events that are due`,
      50,
      () => findDue(database, status, now, 50),
    ],
  ),
  ['find none due', 0, () => findDue(database, 'RETRYING', after(-1), 50)],
  ['ask how late the due queue is', 1, () => lateness(database, 'RETRYING', now)],
  ['find expired leases', 50, () => findExpiredLeases(database, now, 50)],
  ['find dead letters to announce', 50, () => findUnannounced(database, now, 50)],
  ['find failed events', 50, () => findFailed(database, some('FAILED'))],
  [
    'find last attempts',
    50,
    () =>
      findLastAttempts(
        database,
        some('FAILED').map((_id) => ({ _id, attempts: 1 })),
      ),
  ],
  ['find the attempts of an event', 1, () => attemptsOf(database, one('COMPLETED'))],
  ['find an event', 1, () => findEvent(database, one('COMPLETED'))],
  ['list the newest events', 50, () => findEvents(database, {}, 50)],
  ['list the next page', 50, () => findEvents(database, {}, 50, ids.get('COMPLETED')?.[2_500])],
  ['list a range of time', 50, () => findEvents(database, { from: after(1_000), to: after(1_050) }, 200)],
  ['list dead letters', 50, () => findDeadLetters(database, {}, { order: 'newest', limit: 50 })],
  [
    'list the next page of dead letters',
    51,
    () =>
      findDeadLetters(
        database,
        {},
        { order: 'newest', limit: 50, after: { at: after(150), id: some('DEAD_LETTERED', 151)[150] ?? '' } },
      ),
  ],
  [
    'list dead letters from the oldest',
    50,
    () => findDeadLetters(database, { to: now }, { order: 'oldest', limit: 50 }),
  ],
  [
    'list dead letters by their ids',
    50,
    () => findDeadLetters(database, { ids: some('DEAD_LETTERED') }, { order: 'oldest', limit: 50 }),
  ],
  ['count dead letters', OPEN, () => countDeadLetters(database, {})],
  ['count open events by status', OPEN, () => countOpenByStatus(database)],
  [
    'meet a known key',
    1,
    () =>
      database.events
        .findOne({ _id: one('COMPLETED') })
        .then((event) => event && insertEvents(database, [{ ...event, _id: randomUUID() }])),
  ],
  ['expire', 50, () => expire(database, some('QUEUED'), now)],
  ['claim, and find by token', 50, () => claim(database, some('QUEUED'), 'token', now, now)],
  ['claim one', 1, () => claim(database, (ids.get('QUEUED') ?? []).slice(50, 51), 'token', now, now)],
  ['take over unpublished events', 50, () => takeUnpublished(database, some('QUEUED', 150).slice(100), now, 'token')],
  [
    'record attempts',
    50,
    () =>
      recordAttempts(
        database,
        some('PROCESSING').map((id) => attemptOf(id, 2)),
        now,
        now,
      ),
  ],
  ['defer', 50, () => defer(database, some('PROCESSING', 100).slice(50), 0, now, now, 'circuit_open')],
  [
    'schedule retries',
    50,
    () =>
      scheduleRetries(
        database,
        some('FAILED').map((id) => ({ id, at: now })),
        now,
      ),
  ],
  [
    'dead-letter',
    50,
    () =>
      deadLetter(
        database,
        some('FAILED', 100)
          .slice(50)
          .map((id) => ({ id, reason: 'exhausted', errorClass: 'network' })),
        now,
      ),
  ],
  ['take due retries', 50, () => takeDue(database, 'RETRYING', now, 50, 'token')],
  ['complete unconfirmed events', 50, () => completeUnconfirmed(database, some('SENT'), now)],
  ['mark dead letters as announced', 50, () => markAnnounced(database, some('DEAD_LETTERED'), now)],
  ['replay', 50, () => replay(database, some('DEAD_LETTERED'), asked, now)],
  ['replay from the middle', 50, () => replay(database, some('DEAD_LETTERED', 250).slice(200), asked, now)],
  ['count what a replay has put back', 50, () => countReplayed(database, some('DEAD_LETTERED'), 'replay')],
  ['cancel', 1, () => cancel(database, one('SCHEDULED'), now, 'somebody')],
];

describe(`beside ${FINISHED} finished events`, () => {
  it.each(CASES)('to %s looks at %d documents at most', async (_, limit, action) => {
    const operations = (await profiled(action)).filter(({ op }) => op !== 'insert');
    expect(operations).not.toHaveLength(0);
    for (const { planSummary, keysExamined, docsExamined } of operations) {
      expect(planSummary).toMatch(/^(?:IXSCAN|IDHACK|COUNT_SCAN|EXPRESS)/);
      expect(docsExamined).toBeLessThanOrEqual(limit);
      // Each id of a list is one seek, which may meet the id's neighbour as well.
      expect(keysExamined).toBeLessThanOrEqual(2 * limit + 1);
    }
  });
});
