import { QUEUES } from '@postrider/shared/events/channels.ts';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Bytes that wait, read when somebody asks. */
export function watchAcceptQueue(registry: Registry, waitingBytes: () => number): void {
  new Gauge({
    name: 'postrider_accept_queue_bytes',
    help: 'Bytes of events that wait for their write',
    registers: [registry],
    collect() {
      this.set(waitingBytes());
    },
  });
}

export function createMetrics(registry: Registry) {
  const registers = [registry];
  const swept = new Counter({
    name: 'postrider_events_swept_total',
    help: 'Events that the sweeper published, because their message was missing',
    labelNames: ['queue'],
    registers,
  });
  for (const queue of QUEUES) swept.inc({ queue }, 0);
  return {
    swept,
    accepted: new Counter({
      name: 'postrider_events_accepted_total',
      help: 'Events stored, by channel and priority',
      labelNames: ['channel', 'priority'],
      registers,
    }),
    refused: new Counter({
      name: 'postrider_events_refused_total',
      help: 'Events not stored: duplicate, conflict, unavailable',
      labelNames: ['reason'],
      registers,
    }),
    unpublished: new Counter({
      name: 'postrider_publish_failures_total',
      help: 'Events stored whose publication failed; the sweeper publishes them later',
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
