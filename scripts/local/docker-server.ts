import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerEngine } from './docker-engine.ts';
import { requireFree } from './ports.ts';
import { dataFolder, discardFolder, projectFolder } from './project.ts';
import type { Server, ServerOptions } from './server.ts';

export interface DockerProgram {
  kind: 'kafka' | 'mongo';
  title: Server['title'];
  portVariable: string;
  image: string;
  environment: Record<string, string>;
  command: string[];
  /** Where the image keeps its data. */
  dataFolder: string;
  ready(signal: AbortSignal): Promise<void>;
}

/** Two clones of this repository on one machine keep their containers apart. */
const containerName = (name: string, kind: string): string =>
  `postrider-${createHash('sha256').update(projectFolder).digest('hex').slice(0, 6)}-${name}-${kind}`;

const stopLimitS = 30;

/** An image as a server: the container lives from start to stop, the data in a volume of its name. */
export async function runInDocker(
  engine: DockerEngine,
  program: DockerProgram,
  options: ServerOptions,
): Promise<Server> {
  const { dockerode } = engine.container;
  const name = containerName(options.name, program.kind);
  const container = dockerode.getContainer(name);
  let wanted = false;

  async function start(): Promise<void> {
    await unlessMissing(container.remove({ force: true, v: true }));
    const { port } = options;
    await requireFree([{ port, use: program.title, remedy: `Choose another: ${program.portVariable}.` }]);
    // The same port inside and outside: both systems tell clients, and themselves, the address to come back to.
    const created = await dockerode.createContainer({
      name,
      Image: program.image,
      Env: Object.entries(program.environment).map(([variable, value]) => `${variable}=${value}`),
      Cmd: program.command,
      // With a terminal the engine keeps the log as plain text, without a header before each piece.
      Tty: true,
      ExposedPorts: { [`${port}/tcp`]: {} },
      HostConfig: {
        PortBindings: { [`${port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: `${port}` }] },
        Binds: [`${name}:${program.dataFolder}`],
      },
    });
    await created.start();
    wanted = true;
    const waiting = new AbortController();
    const died = created.wait().then(async ({ StatusCode }) => {
      const log = await created.logs({ stdout: true, stderr: true, tail: 12 });
      throw new Error(`${program.title} ended in its container (exit code ${StatusCode}):\n${log.toString()}`);
    });
    await Promise.race([program.ready(waiting.signal), died]).finally(() => waiting.abort());
    died.catch(() => {
      if (wanted) options.onCrash?.(server);
    });
  }

  async function stop({ discard = false } = {}): Promise<void> {
    wanted = false;
    await removeContainer(engine, options.name, program.kind);
    if (discard) await discardContainer(engine, options.name, program.kind);
  }

  async function kill(): Promise<void> {
    wanted = false;
    await container.kill();
  }

  const server: Server = {
    title: program.title,
    address: `127.0.0.1:${options.port}`,
    how: 'docker',
    stop,
    kill,
    start,
  };
  if (options.fresh) await discardContainer(engine, options.name, program.kind);
  // Holds nothing: it shows later runs that this one has a container to clean up.
  await mkdir(join(dataFolder(options.name), program.kind), { recursive: true });
  await start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return server;
}

/** Ends the container; the data stays in its volume. */
export async function removeContainer(engine: DockerEngine, run: string, kind: string): Promise<void> {
  const container = engine.container.dockerode.getContainer(containerName(run, kind));
  await unlessMissing(container.stop({ t: stopLimitS }));
  await unlessMissing(container.remove({ force: true, v: true }));
}

/** Ends the container and throws away its data, and the folder that marks it. */
export async function discardContainer(engine: DockerEngine, run: string, kind: string): Promise<void> {
  await removeContainer(engine, run, kind);
  await unlessMissing(engine.container.dockerode.getVolume(containerName(run, kind)).remove());
  await discardFolder(run, kind);
}

/** The engine's answers 304 (it is so already) and 404 (there is none) mean that nothing is left to do. */
async function unlessMissing(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (![304, 404].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
  });
}
