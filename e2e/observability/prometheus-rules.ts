import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { FOLDER, RULE_FILES } from './queries.ts';

const isOptional = (file: string): boolean => basename(file).startsWith('optional-');

/** What Kubernetes' operator of Prometheus takes, with the same rules: file by file, its contents. */
export function prometheusRules(): Map<string, string> {
  return new Map([
    [join(FOLDER, 'kubernetes/prometheus-rule.yaml'), ofFiles('postrider', (file) => !isOptional(file))],
    [join(FOLDER, 'event-system/prometheus-rule.yaml'), ofFiles('event-system', isOptional)],
  ]);
}

function ofFiles(name: string, isMeant: (file: string) => boolean): string {
  const groups = RULE_FILES.filter(isMeant).flatMap(
    (file) => (parse(readFileSync(file, 'utf8')) as { groups: object[] }).groups,
  );
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    // What the operator of the Helm release kube-prometheus-stack looks for.
    metadata: { name, labels: { release: 'kube-prometheus-stack' } },
    spec: { groups },
  };
  return `# From prometheus/, by: node e2e/observability/write-prometheus-rules.ts\n${stringify(rule, { lineWidth: 0 })}`;
}
