import type { ProviderName } from '@postrider/shared/events/channels.ts';
import { isProviderClosed } from '@postrider/shared/events/deferral-reason.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { findLastAttempts } from '@postrider/shared/events/store/attempts.ts';
import { findConfiguredProviders } from '@postrider/shared/events/store/configured-providers.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import {
  deadLetter,
  failOver,
  findUndecided,
  type PlannedDeadLetter,
  type PlannedFailover,
  type PlannedRetry,
  scheduleRetries,
} from '@postrider/shared/events/store/decisions.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import { traceIdOf } from '@postrider/shared/service/trace.ts';
import type { Tracing } from '@postrider/shared/service/tracing/tracing.ts';
import type { Metrics } from '../metrics.ts';
import type { Rules } from '../rules/rules.ts';
import { decideDiversion, decideRetry } from './decide-retry.ts';
import { type MessageTraces, traceDecisions } from './decision-spans.ts';

export interface DeciderParts {
  database: Database;
  rules: Rules;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
  tracing?: Tracing | undefined;
}

// Retries are rounded up to this, so that those of one batch share few updates; milliseconds.
const STEP_MS = 100;

export interface Plans {
  retries: PlannedRetry[];
  letters: PlannedDeadLetter[];
  failovers: PlannedFailover[];
}

/**
 * Decides on those of `ids` that are FAILED, or put off by a provider that cannot be used at all, and writes the decisions.
 * Whoever decides second changes nothing, so a message that comes twice, the reaper and a second instance may all ask for the same.
 * `traces` of the messages that asked.
 */
export async function decideUndecided(parts: DeciderParts, ids: string[], traces?: MessageTraces): Promise<void> {
  const { database, clock, metrics } = parts;
  const startedAt = Date.now();
  const events = await findUndecided(database, ids);
  if (events.length === 0) return;
  const configured = await findConfiguredProviders(database, clock.now());
  const plans: Plans = { retries: [], letters: [], failovers: [] };
  const now = clock.now();
  await planFailed(parts, plans, events, configured, now);
  planDiversions(parts.rules, plans, events, configured);
  const { retries, letters, failovers } = plans;
  await Promise.all([
    scheduleRetries(database, retries, now),
    deadLetter(database, letters, now),
    failOver(database, failovers, now),
  ]);

  metrics.retries.inc(retries.length);
  for (const { event, to } of failovers) metrics.failovers.inc({ from: event.provider, to });
  reportDeadLetters(parts, letters, events);
  if (parts.tracing) traceDecisions(parts.tracing, plans, events, { startedAt, traces });
}

async function planFailed(
  { database, rules }: DeciderParts,
  { retries, letters, failovers }: Plans,
  events: EventDocument[],
  configured: ReadonlySet<ProviderName>,
  now: Date,
): Promise<void> {
  const failed = events.filter(({ status }) => status === 'FAILED');
  if (failed.length === 0) return;
  const attempts = await findLastAttempts(database, failed);
  for (const event of failed) {
    const id = event._id;
    const decision = decideRetry(rules, event, attempts.get(id) ?? {}, configured, now, Math.random());
    if (decision.action === 'retry') retries.push({ id, at: roundUp(decision.at) });
    else if (decision.action === 'fail over') failovers.push({ event, to: decision.to });
    else letters.push({ id, reason: decision.reason, errorClass: decision.errorClass });
  }
}

function planDiversions(
  rules: Rules,
  { failovers }: Plans,
  events: EventDocument[],
  configured: ReadonlySet<ProviderName>,
): void {
  for (const event of events) {
    if (event.status !== 'RETRYING' || !isProviderClosed(event.history.at(-1)?.reason)) continue;
    const to = decideDiversion(rules, event, configured);
    if (to) failovers.push({ event, to });
  }
}

function reportDeadLetters(
  { metrics, logger }: DeciderParts,
  letters: PlannedDeadLetter[],
  events: EventDocument[],
): void {
  for (const { id, reason, errorClass } of letters) {
    const event = events.find(({ _id }) => _id === id);
    if (event) {
      const { channel, priority, provider } = event;
      metrics.deadLetters.inc({ channel, priority, provider, reason });
    }
    const about = { eventId: id, trace_id: event && traceIdOf(event.traceparent) };
    logger.info({ ...about, channel: event?.channel, provider: event?.provider, reason, errorClass }, 'dead letter');
  }
}

function roundUp(at: Date): Date {
  return new Date(Math.ceil(at.getTime() / STEP_MS) * STEP_MS);
}
