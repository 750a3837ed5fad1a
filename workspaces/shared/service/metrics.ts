import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry for one service; nothing is kept in prom-client's global one, so that tests can hold several. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}
