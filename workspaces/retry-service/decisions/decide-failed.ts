import type { Database } from '@postrider/shared/events/store/database.ts';
import { findLastAttempts } from '@postrider/shared/events/store/attempts.ts';
import {
  deadLetter,
  findFailed,
  type PlannedDeadLetter,
  type PlannedRetry,
  scheduleRetries,
} from '@postrider/shared/events/store/decisions.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Rules } from '../rules/rules.ts';
import { decideRetry } from './decide-retry.ts';

export interface DeciderParts {
  database: Database;
  rules: Rules;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
}

// Retries are rounded up to this, so that those of one batch share few updates; milliseconds.
const STEP_MS = 100;

/**
 * Decides on those of `ids` that are FAILED, and writes the decisions. Whoever decides second changes nothing, so a message
 * that comes twice, the reaper and a second instance may all ask for the same.
 */
export async function decideFailed(
  { database, rules, clock, metrics, logger }: DeciderParts,
  ids: string[],
): Promise<void> {
  const events = await findFailed(database, ids);
  const attempts = await findLastAttempts(database, events);
  const now = clock.now();
  const retries: PlannedRetry[] = [];
  const letters: PlannedDeadLetter[] = [];
  for (const event of events) {
    const decision = decideRetry(rules, event, attempts.get(event._id) ?? {}, now, Math.random());
    if (decision.retry) retries.push({ id: event._id, at: roundUp(decision.at) });
    else letters.push({ id: event._id, reason: decision.reason, errorClass: decision.errorClass });
  }
  await Promise.all([scheduleRetries(database, retries, now), deadLetter(database, letters, now)]);

  metrics.retries.inc(retries.length);
  for (const { id, reason, errorClass } of letters) {
    const event = events.find(({ _id }) => _id === id);
    metrics.deadLetters.inc({ channel: event?.channel ?? '', reason });
    logger.info({ eventId: id, channel: event?.channel, provider: event?.provider, reason, errorClass }, 'dead letter');
  }
}

function roundUp(at: Date): Date {
  return new Date(Math.ceil(at.getTime() / STEP_MS) * STEP_MS);
}
