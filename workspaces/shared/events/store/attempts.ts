import { type AttemptDocument, attemptId, type EventDocument } from '../event.ts';
import type { Database } from './database.ts';
import { duplicatesIn } from './duplicates.ts';

/** Appends attempts; answers those that now stand as given, also when a former try of this write put them there. */
export async function insertAttempts(database: Database, attempts: AttemptDocument[]): Promise<AttemptDocument[]> {
  if (attempts.length === 0) return [];
  try {
    await database.attempts.insertMany(attempts, { ordered: false });
    return attempts;
  } catch (error) {
    duplicatesIn(error, attempts.length);
  }
  const standing = await findAttempts(
    database,
    attempts.map(({ _id }) => _id),
  );
  return attempts.filter((attempt) => standing.get(attempt._id)?.takenBy === attempt.takenBy);
}

export async function findAttempts(database: Database, ids: string[]): Promise<Map<string, AttemptDocument>> {
  const found = await database.attempts.find({ _id: { $in: ids } }).toArray();
  return new Map(found.map((attempt) => [attempt._id, attempt]));
}

/** The last recorded attempt of each event that has one, by event id. */
export async function findLastAttempts(
  database: Database,
  events: Pick<EventDocument, '_id' | 'attempts'>[],
): Promise<Map<string, AttemptDocument>> {
  const found = await findAttempts(
    database,
    events.map(({ _id, attempts }) => attemptId(_id, attempts)),
  );
  return new Map([...found.values()].map((attempt) => [attempt.eventId, attempt]));
}

/** All attempts of one event, oldest first. Their ids start with the event's, so the primary key serves. */
export async function attemptsOf(database: Database, eventId: string): Promise<AttemptDocument[]> {
  const attempts = await database.models.attempt
    .find({ _id: { $gte: `${eventId}:`, $lt: `${eventId};` } })
    .lean<AttemptDocument[]>();
  return attempts.sort((a, b) => a.number - b.number);
}
