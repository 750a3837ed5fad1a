type Step = () => Promise<unknown> | void;

/** How long ending may take before the process goes anyway; Kafka's own limit is 30 s. */
const LIMIT_MS = 45_000;

/** What must not outlive the benchmark: ended in the reverse order of its start, at the end, at a fault and at Ctrl-C. */
export class Cleanup {
  readonly #steps = new Set<Step>();
  #ending: Promise<void> | undefined;

  constructor() {
    const interrupted = (): void => {
      // The second Ctrl-C of somebody who does not want to wait.
      if (this.#ending) process.exit(130);
      process.stderr.write('\nstopping\n');
      setTimeout(() => process.exit(130), LIMIT_MS).unref();
      void this.run().finally(() => process.exit(130));
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  }

  /** Registers a step; what it returns does the step now, and once only. */
  add(step: Step): () => Promise<void> {
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
        process.stderr.write(`could not clean up: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
}
