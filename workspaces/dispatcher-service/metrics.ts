import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

// Seconds. Providers answer within some ten milliseconds to the time limit; retries make completion take hours.
const ATTEMPT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const COMPLETION_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200, 43_200];

export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    attempts: new Counter({
      name: 'postrider_attempts_total',
      help: 'Provider calls by channel, provider and outcome: delivered, accepted, or the class of the error',
      labelNames: ['channel', 'provider', 'outcome'],
      registers,
    }),
    attemptSeconds: new Histogram({
      name: 'postrider_attempt_seconds',
      help: 'How long provider calls took',
      labelNames: ['channel', 'provider'],
      buckets: ATTEMPT_BUCKETS,
      registers,
    }),
    completionSeconds: new Histogram({
      name: 'postrider_completion_seconds',
      help: 'From acceptance (or sendAt) to the completing call, by channel and priority',
      labelNames: ['channel', 'priority'],
      buckets: COMPLETION_BUCKETS,
      registers,
    }),
    deferred: new Counter({
      name: 'postrider_deferrals_total',
      help: 'Events put off without an attempt, by provider and reason',
      labelNames: ['provider', 'reason'],
      registers,
    }),
    authFailed: new Gauge({
      name: 'postrider_provider_auth_failed',
      help: '1 while the provider refuses our credentials, until its first success',
      labelNames: ['provider'],
      registers,
    }),
    skipped: new Counter({
      name: 'postrider_messages_skipped_total',
      help: 'Messages whose event was not to be sent any more: duplicates, canceled, expired',
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Figures of the moment, read when somebody asks. */
export function watch(registry: Registry, figures: Record<'inFlight' | 'openCircuits' | 'lag', () => number>): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  gauge('postrider_sends_in_flight', 'Provider calls under way', figures.inFlight);
  gauge('postrider_open_circuits', 'Destinations whose circuit breaker is open', figures.openCircuits);
  gauge('postrider_consumer_lag', 'Messages of this instance that are not finished yet', figures.lag);
}
