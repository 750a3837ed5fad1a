type Step = () => Promise<unknown> | void;

/** How long ending may take before the process goes anyway; Kafka's own limit is 30 s. */
const LIMIT_MS = 45_000;

/** What must not outlive the benchmark: ended in the reverse order of its start. */
export class Cleanup {
  readonly #steps = new Set<Step>();
  #ending: Promise<void> | undefined;

  get ending(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Registers a step; what it returns does the step now, and once only. To be called before the start of what it ends.
   * @throws when the end has begun: nothing may be started any more.
   */
  add(step: Step): () => Promise<void> {
    if (this.ending) throw new Error('interrupted');
    this.#steps.add(step);
    return async () => {
      if (this.#steps.delete(step)) await step();
    };
  }

  run(): Promise<void> {
    return (this.#ending ??= this.#run());
  }

  async #run(): Promise<void> {
    for (const step of [...this.#steps].reverse()) {
      this.#steps.delete(step);
      try {
        await step();
      } catch (error) {
        process.stderr.write(`could not clean up: ${messageOf(error)}\n`);
      }
    }
  }
}

/** Does the work and ends the process, with everything that was started: when it is done, at a fault and at Ctrl-C. */
export async function runAndExit(work: (cleanup: Cleanup) => Promise<void>): Promise<never> {
  const cleanup = new Cleanup();
  const interrupt = (): void => {
    // The second Ctrl-C of somebody who does not want to wait.
    if (cleanup.ending) process.exit(130);
    process.stderr.write('\nstopping\n');
    setTimeout(() => process.exit(130), LIMIT_MS).unref();
    void cleanup.run().finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  let code = 0;
  try {
    await work(cleanup);
  } catch (error) {
    // What fails because its other end was stopped is no fault.
    if (!cleanup.ending) process.stderr.write(`FAILED: ${messageOf(error)}\n`);
    code = cleanup.ending ? 130 : 1;
  }
  await cleanup.run();
  return process.exit(code);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
