import { join } from 'node:path';
import { freePort } from '../../../scripts/local/ports.ts';
import { projectFolder } from '../../../scripts/local/project.ts';
import { sandboxProviders } from '../../../scripts/local/sandbox-providers.ts';
import { providerCallbacks } from '../../system/provider-callbacks.ts';
import { until } from '../../system/until.ts';
import { TcpProxy, type Watch } from '../network/tcp-proxy.ts';
import { ControlledProcess } from './controlled-process.ts';
import { mongoUri } from './mongo-set.ts';
import type { Node } from './node.ts';
import type { Cleanup, Places } from './places.ts';

export const KINDS = ['ingestion', 'critical', 'default', 'retry', 'retry-service'] as const;
export type Kind = (typeof KINDS)[number];

export interface Service {
  readonly name: string;
  readonly kind: Kind;
  readonly url: string;
  readonly process: ControlledProcess;
  /** While it exists, the instance's clock is off by what stands in it; see preload/clock.ts. */
  readonly clockFile: string;
}

export interface Sandbox {
  /** Its own address, for the harness. */
  readonly url: string;
  readonly smtpPort: number;
  /** The port of the ingestion instance to which it reports what became of messages, and the settings for that. */
  readonly callbackPort: number;
  readonly callbacks: Readonly<Record<string, string>>;
  /** The ways on which services reach it. */
  readonly proxies: Readonly<Record<'http' | 'smtp', TcpProxy>>;
}

export interface Cluster {
  readonly brokers: readonly Node[];
  readonly members: readonly Node[];
}

export const DATABASE = 'chaos';
const INSTANCES = 2;
const READY_LIMIT_MS = 120_000;

const workspaceOf = (kind: Kind): string =>
  kind === 'ingestion' || kind === 'retry-service' ? `${kind.replace('-service', '')}-service` : 'dispatcher-service';

/** The providers' side: never hurt by us, it fails in its own ways. `watch` sees what is sent to it, and by whom. */
export async function startSandbox(places: Places, watch: (by: string) => Watch, cleanup: Cleanup): Promise<Sandbox> {
  const [port, smtpPort, callbackPort] = [await freePort(), await freePort(), await freePort()];
  const callbacks = providerCallbacks(`http://127.0.0.1:${callbackPort}`);
  const env = { SMTP_PORT: String(smtpPort), MAX_RECEIVED: '500000', LOG_LEVEL: 'warn', ...callbacks };
  const process = serviceProcess(places, 'sandbox', 'provider-sandbox', port, env, []);
  cleanup(() => process.stop());
  await process.start();
  const url = `http://127.0.0.1:${port}`;
  await ready('sandbox', url);
  const proxies = { http: new TcpProxy(port, watch), smtp: new TcpProxy(smtpPort, watch) };
  for (const proxy of Object.values(proxies)) {
    cleanup(async () => proxy.refuse());
    await proxy.listen();
  }
  return { url, smtpPort, callbackPort, callbacks, proxies };
}

/** Two of each service. Dead ones come back after a second; none of them knows that it is watched. */
export async function startServices(
  { brokers, members }: Cluster,
  sandbox: Sandbox,
  sabotage: readonly string[],
  places: Places,
  cleanup: Cleanup,
): Promise<Service[]> {
  const proxies = [...[...brokers, ...members].map(({ proxy }) => proxy), ...Object.values(sandbox.proxies)];
  const routes = Object.fromEntries(proxies.map(({ target, port }) => [target, port]));
  const preloads = ['network/route.ts', 'preload/clock.ts', ...(sabotage.length > 0 ? ['preload/sabotage.ts'] : [])];
  const env = {
    KAFKA_BROKERS: brokers.map(({ port }) => `127.0.0.1:${port}`).join(','),
    KAFKA_REPLICATION_FACTOR: String(brokers.length),
    MONGODB_URI: mongoUri(members),
    MONGODB_DB_NAME: DATABASE,
    AUTH: 'disabled',
    ...sandboxProviders(sandbox),
    ...sandbox.callbacks,
    // Reports that are lost with their receiver are not waited for.
    CONFIRM_WITHIN_MS: '10000',
    RETRY_RULES_FILE: join(import.meta.dirname, '../rules.yaml'),
    // A lease of 10 s instead of a minute: what a dead dispatcher held is seen again within the run.
    SEND_TIMEOUT_MS: '3000',
    LEASE_MARGIN_MS: '7000',
    CHAOS_ROUTES: JSON.stringify(routes),
    CHAOS_SABOTAGE: sabotage.join(','),
  };
  const services: Service[] = [];
  for (const kind of KINDS) {
    for (let number = 1; number <= INSTANCES; number += 1) {
      const name = `${kind}-${number}`;
      const port = name === 'ingestion-1' ? sandbox.callbackPort : await freePort();
      const role: Record<string, string> = workspaceOf(kind) === 'dispatcher-service' ? { DISPATCHER_ROLE: kind } : {};
      const clockFile = join(places.data, `${name}.clock`);
      const own = { ...env, ...role, CHAOS_NAME: name, CHAOS_CLOCK: clockFile };
      const process = serviceProcess(places, name, workspaceOf(kind), port, own, preloads);
      services.push({ name, kind, url: `http://127.0.0.1:${port}`, process, clockFile });
    }
  }
  cleanup(async () => {
    await Promise.all(services.map(({ process }) => process.stop()));
  });
  await Promise.all(services.map(({ process }) => process.start()));
  await Promise.all(services.map(({ name, url }) => ready(name, url)));
  return services;
}

function serviceProcess(
  places: Places,
  name: string,
  workspace: string,
  port: number,
  env: Record<string, string>,
  preloads: readonly string[],
): ControlledProcess {
  const imports = preloads.flatMap((file) => ['--import', join(import.meta.dirname, '..', file)]);
  const main = join(projectFolder, 'workspaces', workspace, 'main.ts');
  return new ControlledProcess({
    name,
    supervised: preloads.length > 0,
    command: async () => ({
      command: process.execPath,
      args: [...imports, main],
      cwd: projectFolder,
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(port), ...env },
      logFile: join(places.logs, `${name}.log`),
      pidFile: join(places.data, `${name}.pid`),
    }),
  });
}

export async function ready(name: string, url: string): Promise<void> {
  await until(
    `${name} to be ready`,
    async () => (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) })).ok,
    READY_LIMIT_MS,
  );
}
