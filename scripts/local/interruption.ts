import type { Log } from './server.ts';

const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Resolves when somebody wants this process to stop; who asks a second time gets it at once. */
export function interruption(log: Log): Promise<void> {
  return new Promise((asked) => {
    let before = false;
    const ask = (): void => {
      if (before) process.exit(130);
      before = true;
      log('stopping (Ctrl-C once more: at once)');
      asked();
    };
    for (const signal of signals) process.on(signal, ask);
  });
}
