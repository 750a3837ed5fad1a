import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { queryNames, readMetricsDocument } from './metrics-document.ts';
import { metricsOf } from './promql.ts';
import { DASHBOARD_FILES, queriesOf, readDashboard, readRules, RULE_FILES } from './queries.ts';

const rules = RULE_FILES.flatMap(readRules);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const recorded = rules.flatMap(({ record }) => record ?? []);
/** What Prometheus itself and prom-client tell, as far as it is used. */
const OTHERS = [
  'up',
  'ALERTS',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_eventloop_lag_p99_seconds',
];
const known = new Set([...queryNames(readMetricsDocument().metrics), ...recorded, ...OTHERS]);

const queries = [
  ...rules.map(({ record, alert, expr }) => ({ where: record ?? alert ?? '', expr })),
  ...DASHBOARD_FILES.flatMap(queriesOf),
];

describe('what asks for metrics', () => {
  it('is noticed where it is no PromQL', () => {
    expect([...metricsOf('sum by (a) (rate(b_total{c="d"}[5m] offset 1h)) or e:f:g')]).toEqual(['b_total', 'e:f:g']);
    expect(() => metricsOf('sum(rate(b_total[5m])')).toThrow('no PromQL');
  });

  it.each(queries)('names metrics of docs/metrics.md or recorded ones: $where', ({ expr }) => {
    const names = [...metricsOf(expr)];
    expect(names).not.toHaveLength(0);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('alerts', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../observability/README.md'), 'utf8');
  const runbooks = join(import.meta.dirname, '../../docs/operations.md');

  it.each(alerts)('$alert wakes somebody or writes a ticket, and says where to read on', (rule) => {
    const { alert = '', labels, annotations } = rule;
    const anchor = `docs/operations.md#${alert.toLowerCase()}`;
    expect(annotations).toMatchObject({
      summary: expect.any(String),
      description: expect.any(String),
      runbook_url: anchor,
    });
    expect(readme).toContain(`| ${alert} | ${labels?.['severity']} |`);
  });

  it('have a runbook each', () => {
    const headings = readFileSync(runbooks, 'utf8').match(/^#+ .+$/gm) ?? [];
    const told = new Set(headings.map((heading) => heading.replace(/^#+ /, '')));
    expect(alerts.map(({ alert }) => alert).filter((alert) => !told.has(alert ?? ''))).toEqual([]);
  });
});

describe.each(DASHBOARD_FILES)('%s', (file) => {
  it('has an address of its own, and asks data sources that are provisioned', () => {
    const { uid, title, panels } = readDashboard(file);
    const provisioned = readFileSync(join(file, '../../provisioning/datasources/datasources.yaml'), 'utf8');
    expect(uid).toBe(`postrider-${basename(file, '.json')}`);
    expect(title).not.toBe('');
    for (const { datasource } of panels) if (datasource) expect(provisioned).toContain(`uid: ${datasource.uid}\n`);
  });
});
