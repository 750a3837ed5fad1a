import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { GROUPS, TOPICS } from '@postrider/shared/kafka/topics.ts';
import {
  base,
  compose,
  everything,
  FOLDER,
  kustomization,
  kustomizations,
  read,
  workloads,
} from './manifests-in-test.ts';

const { version } = JSON.parse(read('package.json')) as { version: string };
const named = (kind: string, name: string) => everything.find((m) => m.kind === kind && m.metadata.name === name);
const deployments = workloads.filter(({ kind }) => kind === 'Deployment');
const services = deployments.filter(({ metadata }) => metadata.name !== 'provider-sandbox');
/** Its name in docker-compose.yml, which tells the two critical dispatchers apart. */
const inCompose = (name: string) => compose.services[name === 'dispatcher-critical' ? 'dispatcher-critical-1' : name];

describe.each(workloads)('$title', ({ pod, file, kind, spec }) => {
  const containers = [...(pod.initContainers ?? []), ...pod.containers];

  it('keeps the rules of the Pod Security level `restricted`, and writes to volumes only', () => {
    expect(pod).toMatchObject({
      securityContext: {
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(field);
    for (const volume of pod.volumes ?? []) expect(volume).not.toHaveProperty('hostPath');
    for (const { securityContext } of containers)
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
  });

  it('has no token of the Kubernetes API', () => {
    expect(pod).toMatchObject({ automountServiceAccountToken: false, serviceAccountName: 'postrider' });
  });

  it('asks for what it needs, and has a limit', () => {
    for (const { resources } of containers)
      expect(resources).toEqual({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { cpu: expect.any(String), memory: expect.any(String) },
      });
  });

  it('has an image with a version, as docker compose has it', () => {
    for (const { image } of containers) {
      const [name, tag] = image.split(':');
      const same = Object.values(compose.services).map((service) => service.image);
      if (name?.startsWith('postrider/')) {
        expect(same.map((other) => other.split(':')[0])).toContain(name);
        expect(tag).toBe(version);
      } else expect(same).toContain(image);
    }
  });

  it('is asked how it does', () => {
    if (kind === 'Job') return;
    for (const container of containers)
      expect(container).toMatchObject({
        startupProbe: expect.anything(),
        livenessProbe: expect.anything(),
        readinessProbe: expect.anything(),
      });
  });

  it('is selected by its own labels', () => {
    if (kind === 'Job') return;
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    // Those of the base get it from their kustomization.
    if (!file.startsWith('base/')) expect(spec.template.metadata.labels['app.kubernetes.io/part-of']).toBe('postrider');
  });
});

describe.each(deployments)('$title', ({ metadata: { name }, pod, spec }) => {
  const [container] = pod.containers;

  it('listens where docker compose has it listen, and its Service leads there', () => {
    const port = Number(inCompose(name)?.environment?.['PORT']);
    expect(container?.env).toContainEqual({ name: 'PORT', value: String(port) });
    expect(container?.ports).toContainEqual({ name: 'http', containerPort: port });
    const service = named('Service', name);
    expect(service?.spec.selector).toEqual(spec.selector.matchLabels);
    expect(service?.spec.ports).toContainEqual({ name: 'http', port, targetPort: 'http' });
  });

  it('has longer to stop than it takes at most', () => {
    const stopTimeoutS = 25;
    expect(read('k8s/base/settings.env')).toContain(`\nSTOP_TIMEOUT_MS=${stopTimeoutS * 1_000}\n`);
    const pauseS = container?.lifecycle?.preStop?.sleep.seconds ?? 0;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(stopTimeoutS + pauseS + 5);
  });
});

describe.each(services)('$title', ({ metadata: { name }, pod, spec }) => {
  it('is rolled out without a moment of less, spread, and evicted one at a time', () => {
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    expect(pod).toMatchObject({
      topologySpreadConstraints: [
        { topologyKey: 'topology.kubernetes.io/zone', labelSelector: spec.selector },
        { topologyKey: 'kubernetes.io/hostname', labelSelector: spec.selector },
      ],
    });
    expect(named('PodDisruptionBudget', name)?.spec).toMatchObject({ maxUnavailable: 1, selector: spec.selector });
  });

  it('is there twice: by its autoscaler, with no number of its own beside it, or by its own number', () => {
    const autoscaler = named('HorizontalPodAutoscaler', name);
    expect(spec.replicas).toBe(autoscaler ? undefined : 2);
    expect(autoscaler?.spec ?? 'none').toEqual(
      name === 'console'
        ? 'none'
        : expect.objectContaining({
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
            minReplicas: 2,
          }),
    );
  });

  it('has the role that docker compose gives it', () => {
    const role = pod.containers[0]?.env?.find((variable) => variable.name === 'DISPATCHER_ROLE')?.value;
    expect(role).toBe(inCompose(name)?.environment?.['DISPATCHER_ROLE']);
  });
});

it('Services that lead to Postrider under another name lead to a port and to pods that there are', () => {
  const others = everything.filter(({ kind, file }) => kind === 'Service' && file.startsWith('overlays/'));
  expect(others).toHaveLength(3);
  for (const { spec } of others) {
    expect(deployments.map((deployment) => deployment.spec.selector.matchLabels)).toContainEqual(spec.selector);
    expect(spec.ports[0].targetPort).toBe('http');
  }
  expect(named('Service', 'notification-service')?.spec).toMatchObject({
    type: 'NodePort',
    ports: [{ port: 5000, nodePort: 31110 }],
  });
});

it('nothing reaches Postrider, or is reached by it, but what a policy opens', () => {
  const policies = base.filter(({ kind }) => kind === 'NetworkPolicy');
  expect(policies.find(({ metadata }) => metadata.name === 'default-deny')?.spec).toEqual({
    podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'postrider' } },
    policyTypes: ['Ingress', 'Egress'],
  });
  // Only providers are on the internet; nobody gets further than to their ports.
  const open = policies.filter(({ spec }) => JSON.stringify(spec).includes('0.0.0.0/0'));
  expect(open.map(({ metadata }) => metadata.name)).toEqual(['to-providers']);
});

it('KEDA watches the topics and groups that there are', () => {
  const keyed = {
    'dispatcher-critical': 'critical',
    'dispatcher-default': 'default',
    'dispatcher-retry': 'retry',
  } as const;
  const keys: Record<string, keyof typeof GROUPS> = { ...keyed, 'retry-service': 'failed' };
  const watched = everything.filter(({ kind }) => kind === 'ScaledObject');
  expect(watched.map(({ metadata }) => metadata.name).toSorted()).toEqual(Object.keys(keys).toSorted());
  for (const { metadata, spec } of watched) {
    const key = keys[metadata.name] as keyof typeof GROUPS;
    expect(spec.triggers[0].metadata).toMatchObject({ topic: TOPICS[key], consumerGroup: GROUPS[key] });
  }
});

it('overlays take the images in the version of package.json', () => {
  const images = kustomizations.flatMap((folder) => kustomization(folder).images ?? []);
  expect(new Set(images.map(({ newTag }) => newTag))).toEqual(new Set([version]));
  for (const { name } of images) expect(Object.values(compose.services).map(({ image }) => image)).toContain(name);
});

it('no file is forgotten by its kustomization, and none of them holds a Secret', () => {
  for (const file of globSync('**/*.{yaml,env}', { cwd: FOLDER, exclude: ['chart/**'] })) {
    if (!file.endsWith('kustomization.yaml'))
      expect(read(`k8s/${dirname(file)}/kustomization.yaml`)).toContain(file.split('/').at(-1));
  }
  expect(everything.filter(({ kind }) => kind === 'Secret')).toEqual([]);
});
