import { setTimeout as delay } from 'node:timers/promises';
import { provideInfrastructure } from '../../scripts/local/infrastructure.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { runAndExit } from '../bench/cleanup.ts';
import { startSystem } from '../system/system.ts';
import { NativePrometheus } from './native-prometheus.ts';
import { findTool } from './prometheus-tools.ts';
import { metricsOf } from './promql.ts';
import { DASHBOARD_FILES, type Query, queriesOf, readRules, RULE_FILES } from './queries.ts';
import { causeTraffic, TRAFFIC_SETTINGS } from './traffic.ts';

/** Rules over hours are evaluated every 30 s, and rates need two looks. */
const LIMIT_MS = 180_000;

const log = (line: string): void => void process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${line}\n`);

/**
 * Starts a system and a Prometheus that looks at it, and says which queries of dashboards and rules Prometheus does not take, or
 * answers with nothing. An alert's own expression is empty while all is well: asked for is each metric that it names.
 */
await runAndExit(async (cleanup) => {
  const program = await findTool('prometheus');
  if (!program) throw new Error('there is no Prometheus. Debian: apt-get install --no-install-recommends prometheus');
  const infrastructure = await provideInfrastructure({
    name: `dashboards-${process.pid}`,
    kafkaPort: await freePort(),
    mongoPort: await freePort(),
    fresh: true,
    log,
  });
  cleanup.add(() => infrastructure.stop({ discard: true }));
  const system = await startSystem({ name: 'dashboards', ...infrastructure, callbacks: true, env: TRAFFIC_SETTINGS });
  cleanup.add(() => system.stop());
  const targets = [...system.services.values()].map(({ url }) => new URL(url).host);
  const prometheus = await NativePrometheus.start(program, await freePort(), targets, RULE_FILES);
  cleanup.add(() => prometheus.stop());

  log('the system runs and is watched; traffic');
  await causeTraffic(system);
  const rules = RULE_FILES.flatMap(readRules);
  const queries: Query[] = [
    ...DASHBOARD_FILES.flatMap(queriesOf),
    ...rules.flatMap(({ record }) => (record === undefined ? [] : [{ where: 'a recorded rule', expr: record }])),
    ...rules
      .filter(({ alert }) => alert !== undefined)
      .flatMap(({ alert, expr }) => [...metricsOf(expr)].map((name) => ({ where: `alert ${alert}`, expr: name }))),
  ];
  const empty = await emptyOf(prometheus, queries);
  const broken = (await prometheus.rules()).filter(({ health }) => health !== 'ok');
  for (const { where, expr } of empty) log(`nothing: ${where}: ${expr}`);
  for (const { name, health, lastError } of broken) log(`rule ${name} is ${health}: ${lastError ?? ''}`);
  if (empty.length + broken.length > 0) throw new Error('not sound');
  process.stdout.write(`${queries.length} queries returned data, ${rules.length} rules are evaluated\n`);
});

/** Those that still have no data after their time. @throws when Prometheus does not take one. */
async function emptyOf(prometheus: NativePrometheus, queries: Query[]): Promise<Query[]> {
  const deadline = performance.now() + LIMIT_MS;
  let left = queries;
  while (left.length > 0 && performance.now() < deadline) {
    await delay(1_000);
    const empty: Query[] = [];
    for (const query of left) if (!(await hasData(prometheus, query))) empty.push(query);
    left = empty;
  }
  return left;
}

async function hasData(prometheus: NativePrometheus, { where, expr }: Query): Promise<boolean> {
  try {
    return (await prometheus.query(expr)).length > 0;
  } catch (error) {
    throw new Error(`${where}: ${expr}: ${String(error)}`, { cause: error });
  }
}
