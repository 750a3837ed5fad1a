import { setTimeout as pause } from 'node:timers/promises';
import { type OwnProcess, type ProcessOptions, startProcess } from '../../../scripts/local/process.ts';

/** What a supervisor waits before it starts again what ended. */
const RESTART_AFTER_MS = 1_000;
const STOP_LIMIT_MS = 30_000;

export interface ControlledOptions {
  name: string;
  /** Asked anew at each start. */
  command(): Promise<ProcessOptions>;
  /** Started again when it ends unasked, as a supervisor would. */
  supervised: boolean;
}

export interface Exit {
  name: string;
  at: number;
  reason: string;
  /** It was a fault of ours; else it ended by itself. */
  inflicted: boolean;
}

/** A process that is killed, paused and started again on purpose. When this process dies, so does it (see process.ts). */
export class ControlledProcess {
  readonly name: string;
  readonly exits: Exit[] = [];
  readonly #options: ControlledOptions;
  #process: OwnProcess | undefined;
  #wanted = false;
  #inflicted = false;

  constructor(options: ControlledOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** When it ends now, it is our doing. */
  expectEnd(): void {
    this.#inflicted = true;
  }

  async start(): Promise<void> {
    this.#wanted = true;
    const command = await this.#options.command();
    // Asked to stop meanwhile, or started by somebody else.
    if (!this.#wanted || this.#process) return;
    const started = startProcess(command);
    this.#process = started;
    this.#inflicted = false;
    void started.ended.then((reason) => this.#ended(reason));
  }

  /** SIGKILL. What is supervised comes back by itself; the rest when it is started. */
  kill(): Promise<void> {
    return this.#end('SIGKILL', this.#options.supervised);
  }

  /** SIGTERM, as in a rolling restart. */
  terminate(): Promise<void> {
    return this.#end('SIGTERM', this.#options.supervised);
  }

  freeze(): void {
    this.#process?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process?.signal('SIGCONT');
  }

  /** For good. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#inflicted = true;
    this.thaw();
    await this.#process?.stop(STOP_LIMIT_MS);
  }

  async #end(signal: NodeJS.Signals, comesBack: boolean): Promise<void> {
    const running = this.#process;
    this.#wanted = comesBack && this.#wanted;
    if (!running) return;
    this.#inflicted = true;
    running.signal(signal);
    await running.ended;
  }

  #ended(reason: string): void {
    this.#process = undefined;
    this.exits.push({ name: this.name, at: Date.now(), reason, inflicted: this.#inflicted });
    if (this.#wanted && this.#options.supervised) void this.#startAgain();
  }

  async #startAgain(): Promise<void> {
    await pause(RESTART_AFTER_MS);
    if (this.#wanted) await this.start();
  }
}
