import { setTimeout as pause } from 'node:timers/promises';

/** What a client asked for, and was told. Times in milliseconds since the epoch. */
export interface Asked {
  eventId: string;
  askedAt: number;
  answeredAt?: number;
  id?: string;
  /** Answers that were none: an HTTP status, or 0 for a connection that was refused or broken. */
  refusals: number[];
}

export interface Load {
  readonly asked: readonly Asked[];
  /** Makes no more; ends when everything has its answer, or has had the time for it. */
  stop(): Promise<void>;
}

const ANSWER_LIMIT_MS = 10_000;
const REPEAT_MS = 200;
const GIVE_UP_MS = 120_000;
/** One in ten is refused at its first try, so that the way over the retry service is under load, too. */
const FAILS_ONCE = 10;

/**
 * Posts webhooks at a rate, to all instances in turn, both priorities. As a client or load balancer does it: without an answer, or after
 * a 503, the same event is asked for again, at the next instance.
 */
export function startLoad(options: { run: string; rate: number; urls: readonly string[]; key?: string }): Load {
  const { run, rate, urls, key } = options;
  const asked: Asked[] = [];
  const open = new Set<Promise<void>>();
  let turn = 0;

  const settle = async (event: Asked, body: string): Promise<void> => {
    while (Date.now() < event.askedAt + GIVE_UP_MS) {
      const { status, id } = await post(urls[turn++ % urls.length] ?? '', body, key);
      if (id !== undefined) {
        event.id = id;
        event.answeredAt = Date.now();
        return;
      }
      event.refusals.push(status);
      // A refused connection is the other instance's at once; what was answered with an error is asked for again later.
      if (status !== 0 || urls.length === 1 || event.refusals.length > 3) await pause(REPEAT_MS);
    }
  };
  const timer = setInterval(() => {
    const number = asked.length;
    const event: Asked = { eventId: `${run}-${number}`, askedAt: Date.now(), refusals: [] };
    asked.push(event);
    const path = number % FAILS_ONCE === 0 ? `fail-1/${run}` : run;
    const body = JSON.stringify({
      eventId: event.eventId,
      channel: 'webhook',
      priority: number % 2 === 0 ? 'critical' : 'default',
      payload: { url: `http://provider-sandbox:3100/webhooks/${path}`, body: { number } },
    });
    const settling = settle(event, body).finally(() => open.delete(settling));
    open.add(settling);
  }, 1_000 / rate);

  return {
    asked,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
    },
  };
}

async function post(url: string, body: string, key?: string): Promise<{ status: number; id?: string }> {
  try {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const { id } = (await response.json()) as { id?: string };
    return { status: response.status, ...(response.ok && id !== undefined && { id }) };
  } catch {
    return { status: 0 };
  }
}
