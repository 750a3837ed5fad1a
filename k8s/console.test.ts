import { everything, workloads } from './manifests-in-test.ts';

type Labels = Record<string, string>;
interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values: string[] }[];
}
interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
}
interface Policy {
  podSelector: Selector;
  ingress?: { from?: Peer[]; ports: { port: number | string }[] }[];
  egress?: { to: Peer[]; ports: { port: number | string }[] }[];
}

const console: Labels = { 'app.kubernetes.io/name': 'console', 'app.kubernetes.io/component': 'console' };
const container = workloads.find(({ metadata }) => metadata.name === 'console')?.pod.containers[0];
const policies = everything
  .filter(({ kind, file }) => kind === 'NetworkPolicy' && !file.startsWith('overlays/'))
  .map(({ spec }) => spec as Policy);

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, pod: Labels): boolean {
  // What the base's kustomization gives all pods.
  const labels: Labels = { 'app.kubernetes.io/part-of': 'postrider', ...pod };
  if (matchExpressions.some(({ operator }) => operator !== 'In')) throw new Error('only In is understood here');
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
  );
}
/** Whether a rule means a pod of the same namespace. No selector of namespaces is this one, an empty one is all. */
const means = ({ podSelector = {}, namespaceSelector = {} }: Peer, pod: Labels): boolean =>
  selects(podSelector, pod) && Object.keys(namespaceSelector).length === 0;

const leaving = (from: Labels) =>
  policies.filter(({ podSelector }) => selects(podSelector, from)).flatMap(({ egress = [] }) => egress);
const entering = (to: Labels) =>
  policies.filter(({ podSelector }) => selects(podSelector, to)).flatMap(({ ingress = [] }) => ingress);

it.each(['INGESTION_URL', 'RETRY_SERVICE_URL'])('the console reaches what is at its %s', (name) => {
  const { hostname, port } = new URL(container?.env?.find((variable) => variable.name === name)?.value ?? '');
  const service = everything.find(({ kind, metadata }) => kind === 'Service' && metadata.name === hostname);
  expect(service?.spec.ports).toEqual([{ name: 'http', port: Number(port), targetPort: 'http' }]);
  const pod = service?.spec.selector as Labels;

  const ways = leaving(console).filter(({ to }) => to.some((peer) => means(peer, pod)));
  expect(ways.flatMap(({ ports }) => ports)).toEqual([{ port: Number(port) }]);
  const doors = entering(pod).filter(({ from = [{}] }) => from.some((peer) => means(peer, console)));
  expect(doors.flatMap(({ ports }) => ports)).toEqual([{ port: 'http' }]);
});

it('it reaches nothing else but names and the collector of traces', () => {
  const ports = leaving(console).flatMap((rule) => rule.ports.map(({ port }) => port));
  expect(new Set(ports)).toEqual(new Set([53, 3000, 3005, 4318]));
});

it.each(['kafka', 'mongo', 'provider-sandbox'])('it is not let in by %s', (name) => {
  const peers = entering({ 'app.kubernetes.io/name': name }).flatMap(({ from = [{}] }) => from);
  expect(peers).not.toHaveLength(0);
  expect(peers.filter((peer) => means(peer, console))).toEqual([]);
});

it('it holds no secret', () => {
  expect(container?.envFrom).toEqual([{ configMapRef: { name: 'postrider-settings' } }]);
  expect(container?.env?.filter(({ valueFrom }) => valueFrom)).toEqual([]);
});
