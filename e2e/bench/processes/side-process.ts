import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Answer, type Call, type Calls, READY } from './calls.ts';

type Result<C extends Calls, Name extends keyof C> = Awaited<ReturnType<C[Name]>>;
type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

const START_LIMIT_MS = 60_000;

/** A process of the benchmark's own, told by calls what to do: what it costs is then not mixed with what is measured. */
export class SideProcess<C extends Calls> {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    child.on('message', (message: Answer | typeof READY) => {
      if (message !== READY) this.#settle(message);
    });
    child.on('exit', (code, signal) => {
      const error = new Error(`the ${name} process ended: ${signal ?? `exit code ${code}`}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  static async start<C extends Calls>(name: string, file: string): Promise<SideProcess<C>> {
    const child = fork(file, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const started = new SideProcess<C>(name, child);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the ${name} process did not start`);
    });
    const ready = once(child, 'message', { signal: AbortSignal.timeout(START_LIMIT_MS) });
    await Promise.race([ready, ended]).catch(async (error: unknown) => {
      await started.stop();
      throw error;
    });
    ended.catch(() => undefined);
    return started;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Rejects when the call throws over there, when the process ends, or after the limit. */
  async call<Name extends keyof C & string>(
    name: Name,
    argument: Parameters<C[Name]>[0],
    limitMs = 10_000,
  ): Promise<Result<C, Name>> {
    if (!this.#child.connected) throw new Error(`the ${this.name} process is gone`);
    const number = (this.#calls += 1);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(number, { resolve, reject });
    const timer = setTimeout(() => {
      this.#settle({ number, error: `${this.name}.${name} took longer than ${limitMs} ms` });
    }, limitMs);
    this.#child.send({ number, name, argument } satisfies Call);
    return (await promise.finally(() => clearTimeout(timer))) as Result<C, Name>;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value);
  }
}
