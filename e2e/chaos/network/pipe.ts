import type { Socket } from 'node:net';

/** A few bytes at a time: an answer of 200 bytes takes some three seconds. */
const DRIP_BYTES = 16;
const DRIP_MS = 250;

export interface Flow {
  held: boolean;
  delayMs: number;
  drips: boolean;
}

export interface Pipe {
  set(flow: Flow): void;
}

/** What waits to go on; without a chunk it is the end of the stream. */
interface Waiting {
  chunk?: Buffer;
  at: number;
}

/**
 * Carries bytes one way, in order; what is held is taken, and goes on when it is released, as TCP would have it.
 * `delivered` is told when bytes have gone on.
 */
export function forward(from: Socket, to: Socket, initial: Flow, first: Buffer, delivered?: () => void): Pipe {
  let flow = initial;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const queue: Waiting[] = [];

  const deliver = ({ chunk }: Waiting): void => {
    if (to.destroyed) return;
    if (!chunk) return to.destroySoon();
    delivered?.();
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  };
  /** One queue and one timer: chunks never overtake one another, however their delays were set. */
  const pump = (): void => {
    clearTimeout(timer);
    while (!flow.held) {
      const next = queue[0];
      if (!next) return;
      const wait = next.at - performance.now();
      if (wait > 0) {
        timer = setTimeout(pump, Math.ceil(wait));
        timer.unref();
        return;
      }
      queue.shift();
      deliver(next);
    }
  };
  const take = (chunk?: Buffer): void => {
    const now = performance.now();
    if (chunk && flow.drips) {
      let at = Math.max(now, queue.at(-1)?.at ?? 0);
      for (let from = 0; from < chunk.length; from += DRIP_BYTES) {
        queue.push({ at: (at += DRIP_MS), chunk: chunk.subarray(from, from + DRIP_BYTES) });
      }
    } else queue.push({ at: now + flow.delayMs, ...(chunk && { chunk }) });
    pump();
  };
  const end = (): void => {
    if (ended) return;
    ended = true;
    take();
  };

  if (first.length > 0) take(first);
  from.on('data', take);
  from.on('end', end);
  from.on('close', end);
  from.resume();
  return {
    set: (changed) => {
      flow = changed;
      pump();
    },
  };
}
