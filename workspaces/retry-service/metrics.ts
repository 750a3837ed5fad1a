import { PRIORITIES, PROVIDER_NAMES, PROVIDERS } from '@postrider/shared/events/channels.ts';
import { DEAD_LETTER_REASONS } from '@postrider/shared/events/event.ts';
import type { Status } from '@postrider/shared/events/status.ts';
import type { DueAge } from '@postrider/shared/events/store/overdue.ts';
import type { GroupKey } from '@postrider/shared/kafka/group-lag.ts';
import { GROUPS, TOPICS } from '@postrider/shared/kafka/topics.ts';
import { watchFigure } from '@postrider/shared/service/metrics.ts';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Expired events are given up, and counted, by dispatchers. */
const DECIDED_REASONS = DEAD_LETTER_REASONS.filter((reason) => reason !== 'expired');

export function createMetrics(registry: Registry) {
  const registers = [registry];
  const deadLetters = new Counter({
    name: 'postrider_dead_letters_total',
    help: 'Events given up after an attempt, by channel, priority, provider and reason',
    labelNames: ['channel', 'priority', 'provider', 'reason'],
    registers,
  });
  // A series that begins with its first event shows no increase by it, and a provider's first failure may be all there is.
  for (const provider of PROVIDER_NAMES) {
    for (const priority of PRIORITIES) {
      for (const reason of DECIDED_REASONS)
        deadLetters.inc({ channel: PROVIDERS[provider], priority, provider, reason }, 0);
    }
  }
  const reaped = new Counter({
    name: 'postrider_reaped_total',
    help: 'Events repaired after a process died: lease, undecided, unconfirmed',
    labelNames: ['what'],
    registers,
  });
  for (const what of ['lease', 'undecided', 'unconfirmed']) reaped.inc({ what }, 0);
  return {
    deadLetters,
    reaped,
    retries: new Counter({
      name: 'postrider_retries_scheduled_total',
      help: 'Failed events that will be tried again',
      registers,
    }),
    failovers: new Counter({
      name: 'postrider_failovers_total',
      help: 'Events that went on to another provider',
      labelNames: ['from', 'to'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** What others are asked for; `lag` alone is our own. */
export interface Figures {
  countByStatus(): Promise<Map<Status, number>>;
  oldestDue(): Promise<DueAge[]>;
  countStuck(): Promise<Map<Status, number>>;
  groupLag(): Promise<Map<GroupKey, number>>;
  lag(): number;
}

/** Figures of the moment, read from MongoDB and Kafka when somebody asks. Each instance tells the same ones, but for its own lag. */
export function watch(registry: Registry, figures: Figures): void {
  const byStatus = (counts: Map<Status, number>) => [...counts].map(([status, count]) => [{ status }, count] as const);
  watchFigure(registry, {
    name: 'postrider_events',
    help: 'Events by status, without the final ones',
    labelNames: ['status'],
    read: async () => byStatus(await figures.countByStatus()),
  });
  watchFigure(registry, {
    name: 'postrider_oldest_due_seconds',
    help: 'By how much the longest due event is late, of each status that waits and each queue',
    labelNames: ['status', 'queue'],
    read: async () => {
      const ages = await figures.oldestDue();
      return ages.map(({ status, queue, ageMs }) => [{ status, queue }, ageMs / 1_000] as const);
    },
  });
  watchFigure(registry, {
    name: 'postrider_stuck_events',
    help: 'Events that somebody should have gone on with more than 5 minutes ago; 1,000 of each status at most',
    labelNames: ['status'],
    read: async () => byStatus(await figures.countStuck()),
  });
  watchFigure(registry, {
    name: 'postrider_group_lag',
    help: 'Messages that a consumer group has before it, as the brokers tell',
    labelNames: ['group', 'topic'],
    read: async () => {
      const lags = await figures.groupLag();
      return [...lags].map(([key, lag]) => [{ group: GROUPS[key], topic: TOPICS[key] }, lag] as const);
    },
  });
  new Gauge({
    name: 'postrider_consumer_lag',
    help: 'Messages of this instance that are not finished yet, as its last fetch saw it',
    labelNames: ['group', 'topic'],
    registers: [registry],
    collect() {
      this.set({ group: GROUPS.failed, topic: TOPICS.failed }, figures.lag());
    },
  });
}
