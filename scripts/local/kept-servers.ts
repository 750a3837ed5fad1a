import { setTimeout as pause } from 'node:timers/promises';
import { restartDelayMs } from './restart-delay.ts';
import type { Log, Server } from './server.ts';

export interface ServerKeeper {
  onCrash(server: Server): void;
  /** From here on, what ends stays ended. */
  release(): void;
}

/** Starts Kafka or MongoDB again when it crashes, over the same data. */
export function keepServers(log: Log): ServerKeeper {
  const released = new AbortController();
  const last = new Map<Server, { delayMs: number; at: number }>();

  async function startAgain(server: Server): Promise<void> {
    const previous = last.get(server);
    const delayMs = restartDelayMs(previous?.delayMs, previous ? Date.now() - previous.at : 0);
    last.set(server, { delayMs, at: Date.now() });
    log(`${server.title} ended; it is started again in ${delayMs / 1000} s`);
    await pause(delayMs, undefined, { signal: released.signal });
    await server.start().then(
      () => log(`${server.title} is there again`),
      (error: Error) => {
        log(error.message);
        return startAgain(server);
      },
    );
  }

  return {
    onCrash: (server) => {
      if (!released.signal.aborted) startAgain(server).catch(() => {});
    },
    release: () => released.abort(),
  };
}
