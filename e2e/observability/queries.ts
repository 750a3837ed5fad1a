import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

export const FOLDER = join(import.meta.dirname, '../../observability');
export const RULE_FILES = globSync(['prometheus/rules/*.yml', 'prometheus/optional-*.yml'], { cwd: FOLDER })
  .toSorted()
  .map((file) => join(FOLDER, file));
export const DASHBOARD_FILES = globSync('grafana/dashboards/*.json', { cwd: FOLDER })
  .toSorted()
  .map((file) => join(FOLDER, file));

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export function readRules(file: string): Rule[] {
  return (parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
}

export interface Query {
  /** For people: the file and the panel. */
  where: string;
  expr: string;
}

interface Panel {
  title: string;
  datasource?: { uid: string };
  targets?: { expr?: string }[];
}

export interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
  templating: { list: { query: string | { query: string } }[] };
}

export const readDashboard = (file: string): Dashboard => JSON.parse(readFileSync(file, 'utf8')) as Dashboard;

/** What a dashboard asks Prometheus, as Grafana would write it for a window of five minutes and all values of its variables. */
export function queriesOf(file: string): Query[] {
  const { panels, templating } = readDashboard(file);
  const name = basename(file, '.json');
  const ofPanels = panels.flatMap(({ title, targets = [] }) =>
    targets.flatMap(({ expr }) => (expr === undefined ? [] : [{ where: `${name}: ${title}`, expr: filled(expr) }])),
  );
  const ofVariables = templating.list.flatMap(({ query }) => {
    const [, metric] = /^label_values\((.+), \w+\)$/.exec(typeof query === 'string' ? query : query.query) ?? [];
    return metric === undefined ? [] : [{ where: `${name}: a variable`, expr: metric }];
  });
  return [...ofPanels, ...ofVariables];
}

function filled(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m').replaceAll('$provider', '.+');
}
