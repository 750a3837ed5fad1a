import type { RequestHandler } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { withinTime } from './time-limit.ts';

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

/** What is waited for one figure, in milliseconds: Prometheus gives up a whole scrape after 10 s. */
const FIGURE_LIMIT_MS = 3_000;

export interface Figure<Label extends string> {
  name: string;
  help: string;
  labelNames: readonly Label[];
  /** Each value of the moment with its labels; read when somebody asks. */
  read(): Promise<Iterable<readonly [Record<Label, string>, number]>>;
}

/** A figure that others must be asked for. While they do not answer it is not told: an old value would look like a present one. */
export function watchFigure<Label extends string>(
  registry: Registry,
  { name, help, labelNames, read }: Figure<Label>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      const values = await withinTime(name, FIGURE_LIMIT_MS, read()).catch(() => []);
      this.reset();
      for (const [labels, value] of values) this.set(labels, value);
    },
  });
}

/** Whether this process can do its work, as `/ready` tells it. */
export function watchReadiness(registry: Registry, notReady: () => Promise<string | undefined>): void {
  new Gauge({
    name: 'postrider_ready',
    help: '1 while the process can do its work, 0 while it cannot',
    registers: [registry],
    async collect() {
      const reason = await withinTime('readiness', FIGURE_LIMIT_MS, notReady()).catch(String);
      this.set(reason === undefined ? 1 : 0);
    },
  });
}

/** Counts the answers of all that comes behind it. */
export function countResponses(registry: Registry): RequestHandler {
  const responses = new Counter({
    name: 'postrider_http_responses_total',
    help: 'Answered HTTP requests by class of status, without /health, /ready and /metrics',
    labelNames: ['code'],
    registers: [registry],
  });
  const counts = ['1xx', '2xx', '3xx', '4xx', '5xx'].map((code) => responses.labels(code));
  // A ratio of 5xx must be 0 before the first one, not missing.
  for (const count of counts.slice(1)) count.inc(0);
  return (_request, response, next) => {
    response.on('finish', () => counts[Math.floor(response.statusCode / 100) - 1]?.inc());
    next();
  };
}
