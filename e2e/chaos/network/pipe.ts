import type { Socket } from 'node:net';

export interface Flow {
  held: boolean;
  delayMs: number;
}

export interface Pipe {
  set(flow: Flow): void;
}

/** Carries bytes one way, in order; what is held goes on when it is released, as TCP would have it. */
export function forward(from: Socket, to: Socket, first?: Buffer): Pipe {
  let flow: Flow = { held: false, delayMs: 0 };
  let lastAt = 0;
  /** Undefined stands for the end of the stream. */
  const waiting: (Buffer | undefined)[] = [];
  let ended = false;

  const deliver = (chunk: Buffer | undefined): void => {
    if (to.destroyed) return;
    if (chunk === undefined) to.destroySoon();
    else if (!to.write(chunk) && !from.destroyed) {
      from.pause();
      to.once('drain', () => {
        if (!flow.held) from.resume();
      });
    }
  };
  const pass = (chunk: Buffer | undefined): void => {
    if (flow.held) {
      waiting.push(chunk);
      from.pause();
      return;
    }
    const now = performance.now();
    const at = Math.max(now + flow.delayMs, lastAt);
    lastAt = at;
    if (at <= now) deliver(chunk);
    else setTimeout(deliver, at - now, chunk).unref();
  };
  const end = (): void => {
    if (ended) return;
    ended = true;
    pass(undefined);
  };

  if (first && first.length > 0) pass(first);
  from.on('data', pass);
  from.on('end', end);
  from.on('close', end);
  from.resume();
  return {
    set: (changed) => {
      flow = changed;
      if (flow.held) return;
      for (const chunk of waiting.splice(0)) pass(chunk);
      if (!from.destroyed) from.resume();
    },
  };
}
