import type { FailedMessage } from '@postrider/shared/events/messages.ts';
import type { IncomingMessage } from '@postrider/shared/kafka/consumer.ts';
import { Batcher } from '@postrider/shared/service/batcher.ts';
import { persistently } from '@postrider/shared/service/persistence.ts';
import { type DeciderParts, decideUndecided } from './decide-undecided.ts';
import { tracesOf } from './decision-spans.ts';

const MAX_BATCH = 500;

/** Takes the messages of failed-events and decides on them in batches. */
export function createDecider(parts: DeciderParts, abandon: AbortSignal) {
  // Unbounded here: the consumer pauses when too many of its messages are open.
  const batcher = new Batcher<IncomingMessage<FailedMessage>>({
    maxBatch: MAX_BATCH,
    maxWaiting: Number.POSITIVE_INFINITY,
    run: async (messages) => {
      const ids = [...new Set(messages.map(({ value }) => value.id))];
      const traces = parts.tracing && tracesOf(messages);
      await persistently('decide on failed events', parts.logger, abandon, () => decideUndecided(parts, ids, traces));
      for (const { done } of messages) done();
      return [];
    },
  });
  return {
    take: (messages: IncomingMessage<FailedMessage>[]): void => {
      const failed = (error: unknown): void => parts.logger.error({ err: error }, 'not decided; the reaper will do it');
      for (const message of messages) batcher.add(message).catch(failed);
    },
    drained: (): Promise<void> => batcher.drained(),
  };
}
