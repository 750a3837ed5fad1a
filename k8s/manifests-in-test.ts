import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const FOLDER = import.meta.dirname;
export const project = join(FOLDER, '..');
export const read = (file: string): string => readFileSync(join(project, file), 'utf8');

export interface Container {
  name: string;
  image: string;
  args?: string[];
  ports?: { name: string; containerPort: number }[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string; optional?: boolean } }[];
  lifecycle?: { preStop?: { sleep: { seconds: number } } };
  startupProbe?: object;
  livenessProbe?: object;
  readinessProbe?: object;
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: object;
}
export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  terminationGracePeriodSeconds: number;
  volumes?: Record<string, unknown>[];
}
export interface Manifest {
  /** Where it stands, for messages. */
  file: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  // oxlint-disable-next-line typescript/no-explicit-any -- each kind has a shape of its own
  spec: any;
}

interface Kustomization {
  resources?: string[];
  components?: string[];
  configMapGenerator?: { name: string; envs?: string[]; literals?: string[] }[];
  images?: { name: string; newTag: string }[];
}

export const kustomizations = globSync('**/kustomization.yaml', { cwd: FOLDER, exclude: ['chart/**'] }).map((file) =>
  dirname(file),
);

export function kustomization(folder: string): Kustomization {
  return parse(readFileSync(join(FOLDER, folder, 'kustomization.yaml'), 'utf8')) as Kustomization;
}

/** The files that a kustomization names as its resources, parsed. */
export function manifestsOf(folder: string): Manifest[] {
  return (kustomization(folder).resources ?? [])
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) =>
      parseAllDocuments(readFileSync(join(FOLDER, folder, name), 'utf8')).map((document) => {
        if (document.errors.length > 0) throw document.errors[0] as Error;
        return { file: join(folder, name), ...(document.toJS() as Omit<Manifest, 'file'>) };
      }),
    );
}

/** The ConfigMap `postrider-settings` as an overlay makes it: what it is built of first, then its components, then its own. */
export function settingsOf(folder: string): Record<string, string> {
  const { resources = [], components = [], configMapGenerator = [] } = kustomization(folder);
  const parts = [...resources.filter((name) => !name.endsWith('.yaml')), ...components];
  const own = configMapGenerator.flatMap(({ envs = [], literals = [] }) => [
    ...envs.flatMap((file) => readFileSync(join(FOLDER, folder, file), 'utf8').split('\n')),
    ...literals,
  ]);
  return Object.assign(
    {},
    ...parts.map((part) => settingsOf(relative('.', join(folder, part)))),
    Object.fromEntries(
      own
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
    ),
  ) as Record<string, string>;
}

export const everything = kustomizations.flatMap(manifestsOf);
export const base = manifestsOf('base');

/** What has pods, with what is in them. */
export const workloads = everything
  .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
  .map((manifest) => ({ ...manifest, title: `${manifest.kind} ${manifest.metadata.name}`, pod: podOf(manifest) }));

function podOf({ spec }: Manifest): PodSpec {
  return (spec as { template: { spec: PodSpec } }).template.spec;
}

export interface ComposeService {
  image: string;
  environment?: Record<string, string | number>;
}
const withSettings = parse(read('docker-compose.yml'), { merge: true }) as object;
/** Its defaults: what `${NAME:-value}` is without a setting. */
export const compose = JSON.parse(JSON.stringify(withSettings).replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1')) as {
  services: Record<string, ComposeService>;
};
