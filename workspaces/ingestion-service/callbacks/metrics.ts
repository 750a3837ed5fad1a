import { Counter, type Registry } from 'prom-client';

export function createCallbackMetrics(registry: Registry) {
  const registers = [registry];
  return {
    callbacks: new Counter({
      name: 'postrider_callbacks_total',
      help: 'Callbacks of providers: taken, refused (signature), foreign (about no message of ours)',
      labelNames: ['provider', 'result'],
      registers,
    }),
    reports: new Counter({
      name: 'postrider_reports_total',
      help: 'What reports on messages did: confirmed, denied, early, partial, late, foreign, unknown',
      labelNames: ['provider', 'effect'],
      registers,
    }),
    suppressed: new Counter({
      name: 'postrider_recipients_reported_total',
      help: 'Bounces, complaints and unsubscribes that callbacks told of',
      labelNames: ['channel', 'reason'],
      registers,
    }),
  };
}

export type CallbackMetrics = ReturnType<typeof createCallbackMetrics>;
