import type { Status } from '@postrider/shared/events/status.ts';
import { Counter, Gauge, type Registry } from 'prom-client';

export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
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
    deadLetters: new Counter({
      name: 'postrider_dead_letters_total',
      help: 'Events given up, by channel and reason',
      labelNames: ['channel', 'reason'],
      registers,
    }),
    reaped: new Counter({
      name: 'postrider_reaped_total',
      help: 'Events repaired after a process died: lease, undecided, unconfirmed',
      labelNames: ['what'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

export interface StoreFigures {
  countByStatus(): Promise<Map<Status, number>>;
  oldestDueMs(): Promise<number>;
  lag(): number;
}

/** Figures of the moment, read from MongoDB when somebody asks; when it is away the last ones stay. */
export function watch(registry: Registry, figures: StoreFigures): void {
  const registers = [registry];
  new Gauge({
    name: 'postrider_events',
    help: 'Events by status, without the final ones',
    labelNames: ['status'],
    registers,
    async collect() {
      const counts = await figures.countByStatus().catch(() => new Map<Status, number>());
      for (const [status, count] of counts) this.set({ status }, count);
    },
  });
  new Gauge({
    name: 'postrider_oldest_due_seconds',
    help: 'By how much the longest due retry or scheduled event is late',
    registers,
    async collect() {
      this.set((await figures.oldestDueMs().catch(() => 0)) / 1_000);
    },
  });
  new Gauge({
    name: 'postrider_consumer_lag',
    help: 'Messages of this instance that are not finished yet',
    registers,
    collect() {
      this.set(figures.lag());
    },
  });
}
