import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines } from './command.ts';
import { stopLeftover } from './leftover.ts';
import { requireFree } from './ports.ts';
import { type OwnProcess, startProcess } from './process.ts';
import { dataFolder, discardFolder } from './project.ts';
import type { Server, ServerOptions } from './server.ts';

export interface NativeProgram {
  /** Names the folder, the log and the pid file. */
  kind: 'kafka' | 'mongo';
  title: Server['title'];
  portVariable: string;
  /** What to run over this data folder; asked anew at each start. */
  command(data: string): Promise<{ command: string; args: string[] }>;
  /** Resolves when it serves; rejects when it never will. */
  ready(signal: AbortSignal): Promise<void>;
}

const stopLimitMs = 30_000;

/** A program of this machine as a server that can be stopped, killed and started again over the same data. */
export async function runNative(program: NativeProgram, options: ServerOptions): Promise<Server> {
  const { kind, title } = program;
  const folder = join(dataFolder(options.name), kind);
  const data = join(folder, 'data');
  const logFile = join(folder, `${kind}.log`);
  const pidFile = join(folder, `${kind}.pid`);
  let running: OwnProcess | undefined;

  async function clearLeftover(): Promise<void> {
    if (await stopLeftover(pidFile, stopLimitMs)) options.log(`stopped the ${title} that an earlier run left behind`);
  }

  async function start(): Promise<void> {
    await requireFree([{ port: options.port, use: title, remedy: `Choose another: ${program.portVariable}.` }]);
    const started = startProcess({ ...(await program.command(data)), cwd: folder, logFile, pidFile });
    running = started;
    const waiting = new AbortController();
    const died = started.ended.then(async (reason) => {
      throw new Error(`${title} ${reason} before it was ready. Its log, ${logFile}, ends:\n${await logEnd(logFile)}`);
    });
    await Promise.race([program.ready(waiting.signal), died]).finally(() => waiting.abort());
    died.catch(() => {
      if (running === started) options.onCrash?.(server);
    });
  }

  async function end(how: (started: OwnProcess) => Promise<unknown>): Promise<void> {
    const started = running;
    running = undefined;
    if (started) await how(started);
  }

  const stop = async ({ discard = false } = {}): Promise<void> => {
    await end((started) => started.stop(stopLimitMs));
    if (discard) await discardFolder(options.name, kind);
  };
  // Its group with it: `mongod` or `java` may be a wrapper script.
  const kill = (): Promise<void> =>
    end((started) => {
      started.signal('SIGKILL');
      return started.ended;
    });

  const server: Server = {
    title,
    address: `127.0.0.1:${options.port}`,
    how: 'native',
    get pid() {
      return running?.pid;
    },
    stop,
    kill,
    start,
  };
  await clearLeftover();
  if (options.fresh) await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  await writeFile(logFile, '');
  await start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return server;
}

const logEnd = async (logFile: string): Promise<string> => lastLines(await readFile(logFile, 'utf8'), 12);
