/**
 * Holds `helm template k8s/chart` against what kustomize makes of the overlays, and of the production one with all optional components:
 * the same objects with the same contents. Needs helm and kubectl on the PATH; ends with exit code 1 and the differences where there are any.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
type Objects = Map<string, Json>;

const FOLDER = import.meta.dirname;
const NAMESPACE = 'postrider';
const KUBERNETES = '1.35.0';

interface Pair {
  overlay: string;
  /** On top of the overlay, and what asks the chart for the same. */
  components: string[];
  values: string[];
}
const PAIRS: Pair[] = [
  { overlay: 'local', components: [], values: [] },
  { overlay: 'production', components: [], values: [] },
  {
    overlay: 'production',
    components: [
      'components/keda',
      'components/keda-authentication',
      'components/private-ca',
      'components/service-monitor',
      '../observability',
    ],
    values: [
      'autoscaling.by=lag',
      'autoscaling.kafkaLogin=true',
      'services.retry-service.maxReplicas=12',
      'secrets.authorities=postrider-authorities',
      'monitoring.serviceMonitor=true',
      'monitoring.prometheusRule=true',
      'monitoring.dashboards=true',
    ],
  },
];

/** Made by `helm install --create-namespace`, with labels by whoever owns the cluster. */
const NOT_OF_THE_CHART = /^Namespace /;
/** How each of the two brings a changed setting to the pods, and makes the Job anew. */
const ANNOTATIONS = /^(?:postrider\/settings|helm\.sh\/)/;
const HASH = /^(postrider-settings)-[a-z0-9]{10}$/;

function run(command: string, args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'pipe'] });
}

function objectsIn(yaml: string): Objects {
  const objects: Objects = new Map();
  for (const document of parseAllDocuments(yaml)) {
    const object = normal(document.toJS() as Json) as { kind: string; metadata: { name: string } } | null;
    if (object) objects.set(`${object.kind} ${object.metadata.name}`, object);
  }
  return objects;
}

/** Without what may differ: hashes of names, annotations of the tools, the namespace (the release's own), empty maps. */
function normal(value: Json): Json {
  if (typeof value === 'string') return value.replace(HASH, '$1');
  if (Array.isArray(value)) return value.map(normal);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'namespace' && !ANNOTATIONS.test(key));
  return Object.fromEntries(
    entries
      .map(([key, inner]): [string, Json] => [key, normal(inner)])
      .filter(([key, inner]) => key !== 'annotations' || Object.keys(inner ?? {}).length > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Paths at which two values differ, with both. */
function differences(left: Json | undefined, right: Json | undefined, path: string): string[] {
  if (isDeepStrictEqual(left, right)) return [];
  const both = [left, right].every((side) => typeof side === 'object' && side !== null);
  if (!both) return [`${path}: kustomize ${JSON.stringify(left)}, chart ${JSON.stringify(right)}`];
  const [a, b] = [left, right] as [Record<string, Json>, Record<string, Json>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differences(a[key], b[key], `${path}.${key}`),
  );
}

function kustomize({ overlay, components }: Pair): string {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-overlay-'));
  const from = (path: string): string => relative(folder, join(FOLDER, path));
  try {
    const kustomization = { resources: [from(`overlays/${overlay}`)], components: components.map(from) };
    writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
    return run('kubectl', ['kustomize', folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function template({ overlay, values }: Pair): string {
  const file = `${FOLDER}/chart/values-${overlay}.yaml`;
  const asked = values.flatMap((value) => ['--set', value]);
  const options = ['-n', NAMESPACE, '--kube-version', KUBERNETES, '-f', file, ...asked];
  return run('helm', ['template', 'postrider', `${FOLDER}/chart`, ...options]);
}

function compare(pair: Pair): string[] {
  const left = objectsIn(kustomize(pair));
  const right = objectsIn(template(pair));
  const title = [pair.overlay, ...pair.components].join(' + ');
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((name) => !NOT_OF_THE_CHART.test(name))
    .flatMap((name) => differences(left.get(name), right.get(name), `${title}: ${name}`));
}

const found = PAIRS.flatMap(compare);
for (const difference of found) console.log(difference);
console.log(found.length === 0 ? 'the chart and the overlays are the same' : `${found.length} differences`);
process.exitCode = found.length === 0 ? 0 : 1;
