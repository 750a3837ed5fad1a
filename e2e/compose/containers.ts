import { runCommand } from '../../scripts/local/command.ts';
import { until } from '../system/until.ts';

/** One container of a compose project. */
export interface Container {
  id: string;
  service: string;
  image: string;
  /** Ports of this machine by the container's own. */
  ports: ReadonlyMap<number, number>;
}

interface Inspected {
  Id: string;
  Config: { Image: string; Labels: Record<string, string> };
  State: { Running: boolean; ExitCode: number; Health?: { Status: string } };
  NetworkSettings: { Ports: Record<string, { HostPort: string }[] | null> };
}

const HEALTHY_LIMIT_MS = 180_000;
const docker = (...args: string[]): Promise<string> => runCommand('docker', args);

async function inspect(...ids: string[]): Promise<Inspected[]> {
  return ids.length === 0 ? [] : (JSON.parse(await docker('inspect', ...ids)) as Inspected[]);
}

const PROJECT = 'com.docker.compose.project';

/** The running containers of a project, by the names of their services. @throws unless exactly one project is meant. */
export async function findContainers(project?: string): Promise<{ project: string; containers: Container[] }> {
  const ids = (await docker('ps', '-q', '--no-trunc', '--filter', `label=${PROJECT}`)).split('\n').filter(Boolean);
  const all = Map.groupBy(await inspect(...ids), ({ Config }) => Config.Labels[PROJECT] ?? '');
  const names = project ? [project] : [...all.keys()].filter((name) => name.startsWith('postrider'));
  const [name = '', ...others] = names;
  if (others.length > 0) throw new Error(`several projects run: ${names.join(', ')}; choose by --project`);
  const found = all.get(name);
  if (!found) throw new Error('no container runs: start the system first (docs/operations.md)');
  const containers = found.map(toContainer).sort((a, b) => a.service.localeCompare(b.service));
  return { project: name, containers };
}

function toContainer({ Id, Config, NetworkSettings }: Inspected): Container {
  const ports = Object.entries(NetworkSettings.Ports).flatMap(([port, bindings]): [number, number][] =>
    bindings?.[0] ? [[Number.parseInt(port, 10), Number(bindings[0].HostPort)]] : [],
  );
  return {
    id: Id,
    service: Config.Labels['com.docker.compose.service'] ?? '',
    image: Config.Image,
    ports: new Map(ports),
  };
}

/** Where a container's port is published on this machine. */
export function urlOf(container: Container, port: number): string {
  const published = container.ports.get(port);
  if (published === undefined) throw new Error(`${container.service} does not publish port ${port}`);
  return `http://127.0.0.1:${published}`;
}

/** SIGTERM, and SIGKILL after the grace of docker-compose.yml; answers the exit code. */
export async function stop({ id }: Container): Promise<number> {
  await docker('stop', '--time', '30', id);
  return (await inspect(id))[0]?.State.ExitCode ?? -1;
}

export async function kill({ id }: Container): Promise<void> {
  await docker('kill', '--signal', 'KILL', id);
}

/** Starts it again, and waits until its health check says that it can work. */
export async function start(container: Container): Promise<void> {
  await docker('start', container.id);
  await until(
    `${container.service} to be healthy`,
    async () => (await inspect(container.id))[0]?.State.Health?.Status === 'healthy',
    HEALTHY_LIMIT_MS,
  );
}

/** What a command in the container says. @throws when it fails. */
export function execute({ id }: Container, ...command: string[]): Promise<string> {
  return docker('exec', id, ...command);
}
