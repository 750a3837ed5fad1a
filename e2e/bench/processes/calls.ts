/** What a side process answers to; each call takes and gives plain JSON. */
export type Calls = Record<string, (argument: never) => unknown>;

export interface Call {
  number: number;
  name: string;
  argument: unknown;
}

export type Answer = { number: number; value: unknown } | { number: number; error: string };

/** The message of a side process that is ready for calls. */
export const READY = 'ready';

/** Answers the parent's calls until the parent is gone; then this process has no purpose and ends. */
export function answerCalls(calls: Calls): void {
  const send = (message: Answer | typeof READY): void => void process.send?.(message);
  // Ctrl-C reaches every process of the terminal; the parent decides on the order in which they end.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
  if (!process.connected) process.exit(0);
  process.on('message', ({ number, name, argument }: Call) => {
    Promise.resolve()
      .then(() => calls[name]?.(argument as never))
      .then(
        (value) => send({ number, value }),
        (error: unknown) =>
          send({ number, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
  send(READY);
}
