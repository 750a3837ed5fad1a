import { readFileSync } from 'node:fs';

export interface DocumentedMetric {
  name: string;
  type: string;
  /** Values that a label may have, by label. */
  labels: ReadonlyMap<string, readonly string[]>;
  /** Names of the services that tell it; undefined means all. */
  services: readonly string[] | undefined;
}

const FILE = new URL('../../docs/metrics.md', import.meta.url);

/** The tables of docs/metrics.md. A metric that two services tell stands there twice. */
export function readMetricsDocument(text = readFileSync(FILE, 'utf8')) {
  const [before = '', after = ''] = text.split('\n## Labels\n');
  const values = new Map(rowsOf(after).map(([name = '', values = '']) => [name, values.split(', ')]));
  const metrics = before
    .split('\n## ')
    .slice(1)
    .flatMap((section): DocumentedMetric[] => {
      const heading = section.slice(0, section.indexOf('\n'));
      const services = heading === 'Every service' ? undefined : heading.split(', ');
      return rowsOf(section)
        .filter(([name = '']) => name.startsWith('`'))
        .map(([name = '', type = '', labels = '']) => ({
          name: name.replaceAll('`', ''),
          type,
          labels: new Map(
            labels
              .split(', ')
              .filter(Boolean)
              .map((label) => labelOf(label, values)),
          ),
          services,
        }));
    });
  return { metrics, values };
}

function labelOf(text: string, values: ReadonlyMap<string, string[]>): [string, string[]] {
  const [label = '', set = label] = text.split(': ');
  const found = values.get(set);
  if (!found) throw new Error(`docs/metrics.md names no values of ${set}`);
  return [label, found];
}

function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Names by which queries may call metrics: histograms have three each. */
export function queryNames(metrics: readonly DocumentedMetric[]): Set<string> {
  return new Set(
    metrics.flatMap(({ name, type }) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((suffix) => `${name}_${suffix}`) : [name],
    ),
  );
}
