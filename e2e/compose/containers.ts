import { runCommand } from '../../scripts/local/command.ts';
import { until } from '../system/until.ts';

/** One container of a compose project. */
export interface Container {
  id: string;
  service: string;
  image: string;
  /** Where its HTTP port, if it has one, is published on this machine. */
  url?: string;
}

interface Inspected {
  Id: string;
  Config: { Image: string; Labels: Record<string, string>; Env: string[] };
  State: { ExitCode: number };
  NetworkSettings: { Ports: Record<string, { HostPort: string }[] | null> };
}

const READY_LIMIT_MS = 180_000;
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
  const port = Config.Env.find((line) => line.startsWith('PORT='))?.slice('PORT='.length);
  const published = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
  return {
    id: Id,
    service: Config.Labels['com.docker.compose.service'] ?? '',
    image: Config.Image,
    ...(published && { url: `http://127.0.0.1:${published}` }),
  };
}

/** SIGTERM, and SIGKILL after the grace of docker-compose.yml; answers the exit code. */
export async function stop({ id }: Container): Promise<number> {
  await docker('stop', '--time', '30', id);
  return (await inspect(id))[0]?.State.ExitCode ?? -1;
}

export async function kill({ id }: Container): Promise<void> {
  await docker('kill', '--signal', 'KILL', id);
}

export async function start({ id }: Container): Promise<void> {
  await docker('start', id);
}

/** Waits until a service says itself that it can work: sooner, and for less CPU, than its container's health check does. */
export async function ready({ service, url }: Container): Promise<void> {
  const ask = async (): Promise<boolean> => (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) })).ok;
  await until(`${service} to be ready`, ask, READY_LIMIT_MS);
}

/** What a command in the container says. @throws when it fails. */
export function execute({ id }: Container, ...command: string[]): Promise<string> {
  return docker('exec', id, ...command);
}
