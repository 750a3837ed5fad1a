import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { prometheusRules } from './prometheus-rules.ts';
import { FOLDER } from './queries.ts';

describe('what Kubernetes gets', () => {
  it.each([...prometheusRules()])('has the rules of prometheus/ and no others: %s', (file, contents) => {
    expect(readFileSync(file, 'utf8')).toBe(contents);
  });

  it('has every dashboard', () => {
    const component = parse(readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8')) as {
      configMapGenerator: { files: string[] }[];
    };
    expect(component.configMapGenerator[0]?.files).toEqual(
      globSync('grafana/dashboards/*.json', { cwd: FOLDER }).toSorted(),
    );
  });
});
