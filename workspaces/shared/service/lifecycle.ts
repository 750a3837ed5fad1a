import { ConfigError } from './config.ts';
import type { Logger } from './logger.ts';
import { releaseStartMemory } from './start-memory.ts';

export interface Lifecycle {
  /** True from the first signal on: readiness turns red before anything is closed. */
  readonly stopping: boolean;
  /** Aborted at the same moment. */
  readonly stopped: AbortSignal;
  /** Stop steps run in the reverse order of their registration; each is awaited. */
  onStop(name: string, step: () => Promise<void> | void): void;
  /** Ends the process with exit code 1 after the stop steps: a supervisor is to start it anew. */
  fail(reason: string, error?: unknown): void;
}

/**
 * Runs a service until SIGTERM or SIGINT. Whatever happens, the process ends: after the stop steps,
 * or when the time for them is over.
 */
export async function runService(
  logger: Logger,
  stopTimeoutMs: number,
  start: (lifecycle: Lifecycle) => Promise<void>,
): Promise<void> {
  const steps: { name: string; step: () => Promise<void> | void }[] = [];
  const stopped = new AbortController();

  const stop = async (code: number): Promise<void> => {
    if (stopped.signal.aborted) return;
    stopped.abort();
    setTimeout(() => {
      logger.error({ stopTimeoutMs }, 'the graceful stop took too long; exiting');
      process.exit(1);
    }, stopTimeoutMs).unref();
    for (const { name, step } of steps.reverse()) {
      try {
        await step();
      } catch (error) {
        logger.error({ err: error, step: name }, 'a stop step failed');
      }
    }
    logger.info({ code }, 'stopped');
    logger.flush();
    process.exit(code);
  };
  const lifecycle: Lifecycle = {
    get stopping() {
      return stopped.signal.aborted;
    },
    stopped: stopped.signal,
    onStop: (name, step) => steps.push({ name, step }),
    fail: (reason, error) => {
      logger.fatal({ err: error }, reason);
      void stop(1);
    },
  };

  process.on('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));
  process.on('uncaughtException', (error) => lifecycle.fail('uncaught exception', error));
  process.on('unhandledRejection', (error) => lifecycle.fail('unhandled rejection', error));
  try {
    await start(lifecycle);
    releaseStartMemory();
  } catch (error) {
    // A stop closes what the start still uses.
    if (lifecycle.stopping) logger.info({ err: error }, 'stopped while starting');
    else lifecycle.fail('the start failed', error);
  }
}

/** Settings, or the end of the process with every fault of theirs on standard error. */
export function settingsOrExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
