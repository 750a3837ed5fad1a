import { randomUUID } from 'node:crypto';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { WorkMessage } from '@postrider/shared/events/messages.ts';
import type { HashRecipient } from '@postrider/shared/events/recipients.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { claim, expire } from '@postrider/shared/events/store/dispatch.ts';
import type { IncomingMessage } from '@postrider/shared/kafka/consumer.ts';
import { Batcher } from '@postrider/shared/service/batcher.ts';
import { persistently } from '@postrider/shared/service/persistence.ts';
import type { Tracing } from '@postrider/shared/service/tracing/tracing.ts';
import type { RightOfWay } from '../flow-control/right-of-way.ts';
import { type DeliveryParts, deliver } from './deliver.ts';
import { DeliveryTrace } from './delivery-trace.ts';
import { screenRecipients } from './suppression.ts';

export interface DispatcherParts extends DeliveryParts {
  database: Database;
  hash: HashRecipient;
  rightOfWay: RightOfWay;
  tracing?: Tracing | undefined;
  /** Ends the repetition of failing writes at a stop. */
  abandon: AbortSignal;
  /** How long a claim holds beyond the time limit of a send: time to wait for a turn, and to record; milliseconds. */
  leaseMarginMs: number;
}

type Message = IncomingMessage<WorkMessage>;

const MAX_BATCH = 200;

export interface Dispatcher {
  take(messages: Message[]): void;
  /** Starts nothing new, hands back what waits and lets what is out end; resolves when all of it is recorded. */
  drain(): Promise<void>;
}

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const deliveries = new Set<Promise<void>>();
  let draining = false;

  // Unbounded here: the consumer pauses when too many of its messages are open.
  const intake = new Batcher<Message>({
    maxBatch: MAX_BATCH,
    maxWaiting: Number.POSITIVE_INFINITY,
    run: async (messages) => {
      // Not finished, so not committed: another instance gets them.
      if (draining) return [];
      await parts.rightOfWay.giveAfter(messages.length, async () => {
        for (const delivery of await dispatchBatch(parts, messages)) {
          deliveries.add(delivery);
          void delivery.finally(() => deliveries.delete(delivery));
        }
      });
      return [];
    },
  });

  return {
    take: (messages) => {
      for (const message of messages)
        intake.add(message).catch((error: unknown) => parts.logger.error({ err: error }, 'not dispatched'));
    },
    drain: async () => {
      draining = true;
      parts.flow.stop();
      parts.rates.stop();
      parts.rightOfWay.end();
      await intake.drained();
      await Promise.allSettled(deliveries);
      await parts.recorder.drained();
    },
  };
}

/**
 * Claims the events of a batch of messages and starts their deliveries; a message is finished when its event is
 * recorded. Events that cannot be claimed are somebody else's, done with, or expired: their messages are finished
 * at once. A process that dies in here leaves PROCESSING events to the reaper.
 */
async function dispatchBatch(parts: DispatcherParts, messages: Message[]): Promise<Promise<void>[]> {
  const claimed = await claimEvents(parts, [...new Set(messages.map(({ value }) => value.id))]);
  await skip(
    parts,
    messages.filter(({ value }) => !claimed.has(value.id)),
  );
  const remainders = await persistently('look for suppressions', parts.logger, parts.abandon, () =>
    screenRecipients(parts.database, parts.hash, claimed.values()),
  );
  const started = new Set<string>();
  return inFairOrder(messages, claimed).flatMap((message) => {
    const event = claimed.get(message.value.id);
    if (!event) return [];
    // The same id twice in one batch is one delivery.
    if (started.has(event._id)) {
      message.done();
      return [];
    }
    started.add(event._id);
    const failed = (error: unknown): void => parts.logger.error({ err: error, eventId: event._id }, 'not recorded');
    const trace = parts.tracing && message.trace && new DeliveryTrace(parts.tracing, message.trace);
    return [deliver(parts, event, remainders.get(event._id), trace).then(message.done, failed)];
  });
}

/**
 * By chance where some were put off: due at the same moment they come in the order of their ids, and the same ones would probe an
 * open circuit each time. Where those fail by their own recipients it would stay open.
 */
function inFairOrder(messages: Message[], claimed: ReadonlyMap<string, EventDocument>): Message[] {
  const someWerePutOff = [...claimed.values()].some(({ deferrals }) => deferrals > 0);
  if (!someWerePutOff) return messages;
  return messages
    .map((message) => ({ message, rank: Math.random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ message }) => message);
}

async function claimEvents(
  { database, clock, logger, abandon, sendTimeoutMs, leaseMarginMs }: DispatcherParts,
  ids: string[],
) {
  const token = randomUUID();
  const events = await persistently('claim events', logger, abandon, () => {
    const now = clock.now();
    return claim(database, ids, token, now, new Date(now.getTime() + sendTimeoutMs + leaseMarginMs));
  });
  return new Map(events.map((event) => [event._id, event]));
}

async function skip(
  { database, clock, logger, abandon, metrics }: DispatcherParts,
  messages: Message[],
): Promise<void> {
  if (messages.length === 0) return;
  const ids = messages.map(({ value }) => value.id);
  const expired = await persistently('expire events', logger, abandon, () => expire(database, ids, clock.now()));
  metrics.expired.inc(expired);
  metrics.skipped.inc(messages.length);
  for (const { done } of messages) done();
}
