import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * How often the delay of the event loop is sampled, in milliseconds; the `nodejs_eventloop_lag_*` figures contain it. With
 * prom-client's 10 a process that has nothing to do wakes up a hundred times a second, which was most of what it cost.
 */
const EVENT_LOOP_SAMPLE_MS = 100;

/** A registry for one service; nothing is kept in prom-client's global one, so that tests can hold several. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS });
  return registry;
}
