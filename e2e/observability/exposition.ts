export interface ExposedSeries {
  /** Of the family: without `_bucket`, `_sum` and `_count`. */
  family: string;
  labels: Record<string, string>;
}

export interface Exposition {
  /** Type by name of each family, also of those without a series yet. */
  types: ReadonlyMap<string, string>;
  series: readonly ExposedSeries[];
}

/** Postrider's own part of what a service tells at /metrics, in Prometheus' text format. */
export function readExposition(text: string): Exposition {
  const types = new Map(
    [...text.matchAll(/^# TYPE (postrider_\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  );
  const series = [...text.matchAll(/^(postrider_\w+)(?:\{(.*)\})? \S+$/gm)].map(([, name = '', labels = '']) => {
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]);
    return { family, labels: Object.fromEntries(pairs) as Record<string, string> };
  });
  return { types, series };
}
