import { CompressionTypes, type Kafka, type Message, type Producer } from 'kafkajs';
import { messageOf } from '../errors/app-error.ts';
import { Batcher } from '../service/batcher.ts';
import type { Logger } from '../service/logger.ts';
import type { KafkaSettings } from './client.ts';
import { type TopicKey, topicName } from './topics.ts';

export interface OutgoingMessage {
  topic: TopicKey;
  /** Serialised already: the caller has checked it. */
  value: string;
  /** When the event was put in its queue, by the clock all services share; see consumed-through.ts. */
  timestamp: Date;
  traceparent: string;
}

export interface EventProducer {
  /**
   * Resolves once all in-sync replicas have the messages. Messages of callers at the same time share one request.
   * A rejection means that they may or may not be in Kafka.
   */
  send(messages: OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

const MAX_BATCH_MESSAGES = 2_000;
const MAX_WAITING_MESSAGES = 50_000;

/**
 * Not idempotent on purpose: kafkajs' idempotent producer serialises requests per broker, and a message that
 * comes twice is skipped by the claim anyway.
 */
export function createProducer(kafka: Kafka, settings: KafkaSettings, logger: Logger): EventProducer {
  let producer: Producer | undefined;

  const connected = async (): Promise<Producer> => {
    if (producer) return producer;
    const fresh = kafka.producer({ allowAutoTopicCreation: false, maxInFlightRequests: 4, retry: { retries: 2 } });
    await fresh.connect();
    producer = fresh;
    return fresh;
  };
  const discard = (broken: Producer | undefined): void => {
    if (producer === broken) producer = undefined;
    broken?.disconnect().catch(() => undefined);
  };

  const batcher = new Batcher<OutgoingMessage[]>({
    maxBatch: MAX_BATCH_MESSAGES,
    maxBatchWeight: MAX_BATCH_MESSAGES,
    maxWaiting: MAX_WAITING_MESSAGES,
    weigh: (messages) => messages.length,
    run: async (groups) => {
      const current = await connected();
      try {
        await current.sendBatch({
          topicMessages: byTopic(groups.flat(), settings),
          acks: -1,
          timeout: 5_000,
          compression: CompressionTypes.None,
        });
      } catch (error) {
        // After a time-out the socket may be half-open and stay so: start over with a new one.
        discard(current);
        logger.warn({ error: messageOf(error), messages: groups.length }, 'could not produce');
        throw error;
      }
      return [];
    },
  });

  return {
    send: (messages) => (messages.length === 0 ? Promise.resolve() : batcher.add(messages)),
    close: async () => {
      await batcher.drained();
      await producer?.disconnect();
    },
  };
}

function byTopic(messages: OutgoingMessage[], settings: KafkaSettings): { topic: string; messages: Message[] }[] {
  const topics = new Map<TopicKey, Message[]>();
  for (const { topic, value, timestamp, traceparent } of messages) {
    let list = topics.get(topic);
    if (!list) topics.set(topic, (list = []));
    // Without a key kafkajs spreads them evenly; order between events is not promised.
    list.push({ key: null, value, timestamp: String(timestamp.getTime()), headers: { traceparent } });
  }
  return [...topics].map(([topic, list]) => ({ topic: topicName(settings, topic), messages: list }));
}
