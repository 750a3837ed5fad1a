import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

// Seconds. Providers answer within some ten milliseconds to the time limit; retries make completion take hours. The limits that the
// service level objectives ask for, 5 and 60, are bounds of buckets.
const ATTEMPT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const COMPLETION_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200, 43_200];

export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    attempts: new Counter({
      name: 'postrider_attempts_total',
      help: 'Attempts by channel, provider and outcome: delivered, accepted, or the class of the error',
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
      help: 'From acceptance (or sendAt) to the end of the call by which a provider took the message; without replays',
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
    restSeconds: new Counter({
      name: 'postrider_rest_seconds_total',
      help: 'Time that a dispatcher with a backlog has rested, to make way for critical events',
      registers,
    }),
    skipped: new Counter({
      name: 'postrider_messages_skipped_total',
      help: 'Messages whose event was not to be sent any more: duplicates, canceled, expired',
      registers,
    }),
    expired: new Counter({
      name: 'postrider_events_expired_total',
      help: 'Events given up because their expiresAt was past when their turn came',
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Figures of the moment, read when somebody asks. The lag is that of one group in one topic. */
export function watch(
  registry: Registry,
  source: { group: string; topic: string },
  figures: Record<'inFlight' | 'openCircuits' | 'lag', () => number>,
): void {
  const registers = [registry];
  new Gauge({
    name: 'postrider_sends_in_flight',
    help: 'Provider calls under way',
    registers,
    collect() {
      this.set(figures.inFlight());
    },
  });
  new Gauge({
    name: 'postrider_open_circuits',
    help: 'Destinations whose circuit breaker is open',
    registers,
    collect() {
      this.set(figures.openCircuits());
    },
  });
  new Gauge({
    name: 'postrider_consumer_lag',
    help: 'Messages of this instance that are not finished yet, as its last fetch saw it',
    labelNames: ['group', 'topic'],
    registers,
    collect() {
      this.set(source, figures.lag());
    },
  });
}
