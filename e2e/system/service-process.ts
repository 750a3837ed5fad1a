import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { until } from './until.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const LOGS = join(PROJECT, '.postrider', 'logs', 'e2e');

export interface ServiceOptions {
  /** Names it in logs and messages. */
  name: string;
  /** The workspace whose main.ts it is. */
  workspace: string;
  port: number;
  env: Record<string, string>;
  /** What must answer 200 before it counts as started. */
  readyPath?: string;
}

/** One process of the system under test, as a supervisor would run it. */
export class ServiceProcess {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  readonly #options: ServiceOptions;
  #child: ChildProcess | undefined;

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.url = `http://127.0.0.1:${options.port}`;
    this.logFile = join(LOGS, `${options.name}.log`);
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts the process, without waiting for it. */
  launch(): void {
    mkdirSync(LOGS, { recursive: true });
    const log = openSync(this.logFile, 'a');
    const { workspace, port, env } = this.#options;
    this.#child = spawn(process.execPath, [join(PROJECT, 'workspaces', workspace, 'main.ts')], {
      cwd: PROJECT,
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(port), ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
  }

  async ready(limitMs = 60_000): Promise<void> {
    await until(
      `${this.name} to be ready (its log: ${this.logFile})`,
      async () => {
        if (!this.running) throw new Error(`it ended; ${readFileSync(this.logFile, 'utf8').slice(-2_000)}`);
        return (
          await fetch(`${this.url}${this.#options.readyPath ?? '/ready'}`, { signal: AbortSignal.timeout(2_000) })
        ).ok;
      },
      limitMs,
    );
  }

  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** Sends a signal and waits for the end; answers the exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | undefined> {
    const child = this.#child;
    if (!child || !this.running) return undefined;
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    child.kill(signal);
    const [code, by] = await exited;
    return code ?? by ?? undefined;
  }

  kill(): Promise<number | NodeJS.Signals | undefined> {
    return this.end('SIGKILL');
  }

  stop(): Promise<number | NodeJS.Signals | undefined> {
    return this.end('SIGTERM');
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }
}

const FIRST_PORT = 20_000;
const PORTS = 10_000;
const given = new Set<number>();

/**
 * A free port below those that the system gives to outgoing connections: a service is told it now and takes it later, so none
 * is given twice, and each worker of jest has a range of its own.
 */
export async function freePort(): Promise<number> {
  const share = PORTS / 4;
  const first = FIRST_PORT + (Number(process.env['JEST_WORKER_ID'] ?? 0) % 4) * share;
  for (;;) {
    const port = randomInt(first, first + share);
    if (given.has(port)) continue;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (!free) continue;
    given.add(port);
    return port;
  }
}
