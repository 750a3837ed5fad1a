import { setTimeout as pause } from 'node:timers/promises';
import { createRandom, type Random } from '../random.ts';
import type { ClientLedger } from './client-ledger.ts';
import { type DrawnEvent, drawEvent, drawTypedEvent } from './draw-event.ts';
import { send } from './send.ts';

const ROUND_MS = 100;
/** Beyond this many events without an answer no new ones are made: clients are bounded, too. */
const MAX_UNANSWERED = 3_000;
const LARGEST_BATCH = 25;
const MOVED_BY_MS = 8_000;
/** Share of typed events, which become two messages in the mean. */
const TYPED = 0.05;

export interface LoadGenerator {
  /** Events that have no id yet. */
  readonly unanswered: number;
  /** Makes no more events; those without an answer are asked for again until they have one. */
  stopNew(): void;
  /** Gives up on what has no answer. */
  stop(): Promise<void>;
}

/** Posts drawn events to all instances in turn, one by one and in batches, and repeats what is not answered. */
export function startLoad(options: {
  seed: number;
  perSecond: number;
  urls: readonly string[];
  sandboxUrl: string;
  ledger: ClientLedger;
}): LoadGenerator {
  const { seed, perSecond, urls, ledger } = options;
  const random: Random = createRandom(seed ^ 0x10ad);
  const open = new Set<Promise<void>>();
  let unanswered = 0;
  let turn = 0;
  let drawn = 0;
  let making = true;
  const ended = new AbortController();
  const nextUrl = (): string => urls[turn++ % urls.length] ?? '';

  /** As clients are told to: the same eventId until there is an answer. */
  const settle = async (events: DrawnEvent[]): Promise<void> => {
    let left = events;
    while (left.length > 0 && !ended.signal.aborted) {
      const answers = await send(
        nextUrl(),
        left.map(({ body }) => body),
      );
      left = left.filter((event, at) => !ledger.answered(event, answers[at] ?? { status: 0 }));
      if (left.length > 0) await pause(500, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    unanswered -= events.length - left.length;
    for (const event of events) {
      if (left.includes(event)) continue;
      if (event.change === 'cancel') await cancel(event);
      if (event.change === 'move') await move(event);
    }
  };
  /** The status; undefined when no answer came. */
  const request = async (event: DrawnEvent, method: string, body?: object): Promise<number | undefined> => {
    const response = await fetch(`${nextUrl()}/v1/events/${ledger.idOf(event)}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    await response?.text().catch(() => undefined);
    return response?.status;
  };
  const cancel = async (event: DrawnEvent): Promise<void> => {
    if ((await request(event, 'DELETE')) === 200) ledger.canceled(event);
  };
  const move = async (event: DrawnEvent): Promise<void> => {
    const to = Date.now() + MOVED_BY_MS;
    const status = await request(event, 'PATCH', { sendAt: new Date(to).toISOString() });
    if (status === 200 || status === undefined || status >= 500) ledger.moved(event, to, status === 200);
  };
  const launch = (events: DrawnEvent[]): void => {
    for (const event of events) ledger.asked(event);
    unanswered += events.length;
    const settling = settle(events).finally(() => open.delete(settling));
    open.add(settling);
  };
  const round = (): void => {
    if (!making || unanswered > MAX_UNANSWERED) return;
    // Whole events a round, and in the mean the rate.
    let count = Math.floor((perSecond * ROUND_MS) / 1_000 + random.next());
    while (count > 0) {
      const size = random.chance(0.5) ? 1 : Math.min(count, random.between(2, LARGEST_BATCH));
      const events = Array.from({ length: size }, () =>
        random.chance(TYPED)
          ? drawTypedEvent(random, `${seed}-${(drawn += 1)}`, options.sandboxUrl)
          : drawEvent(random, `chaos-${seed}-${(drawn += 1)}`, options.sandboxUrl, Date.now()),
      );
      launch(events);
      // Some clients ask twice without need.
      if (random.chance(0.03)) setTimeout(launchAgain, 2_000, events).unref();
      count -= size;
    }
  };
  const launchAgain = (events: DrawnEvent[]): void => {
    if (ended.signal.aborted) return;
    launch(events.map(({ change: _change, ...event }) => event));
  };
  const timer = setInterval(round, ROUND_MS);

  return {
    get unanswered() {
      return unanswered;
    },
    stopNew: () => {
      making = false;
    },
    stop: async () => {
      making = false;
      clearInterval(timer);
      ended.abort();
      await Promise.allSettled(open);
    },
  };
}
