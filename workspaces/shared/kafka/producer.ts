import { setTimeout as delay } from 'node:timers/promises';
import {
  CompressionTypes,
  type ICustomPartitioner,
  type Kafka,
  type Message,
  Partitioners,
  type Producer,
} from 'kafkajs';
import { messageOf } from '../errors/app-error.ts';
import { Batcher } from '../service/batcher.ts';
import type { Logger } from '../service/logger.ts';
import { withinTime } from '../service/time-limit.ts';
import type { KafkaSettings } from './client.ts';
import { type TopicKey, topicName } from './topics.ts';

export interface OutgoingMessage {
  topic: TopicKey;
  /** Serialised already: the caller has checked it. */
  value: string;
  /** Messages of one key stand in one partition, in their order. */
  key?: string;
  /** When the event was put in its queue, by the clock all services share; see consumed-through.ts. */
  timestamp: Date;
  traceparent: string;
  /** Why it is sent, where that is not its event's acceptance; for traces. */
  cause?: 'due' | 'swept' | 'replayed' | undefined;
}

export interface EventProducer {
  /**
   * Resolves once all in-sync replicas have the messages, some perhaps twice. Messages of callers at the same time share one request.
   * A rejection means that they may or may not be in Kafka.
   */
  send(messages: OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

const MAX_BATCH_MESSAGES = 2_000;
const MAX_WAITING_MESSAGES = 50_000;
/** A request of no more messages than this goes to one partition: fewer record batches for the broker and for consumers. */
const ONE_PARTITION_MESSAGES = 200;
/** Milliseconds before a failed batch is sent again as a whole, once for each. */
const PAUSES_MS = [100, 500];
/** Of a stop, which has 25 s for all its steps. */
const LAST_MESSAGES_MS = 5_000;
const DISCONNECT_MS = 2_000;

/**
 * Not idempotent on purpose: kafkajs' idempotent producer serialises requests per broker, and a message that
 * comes twice is skipped by the claim anyway.
 */
export function createProducer(kafka: Kafka, settings: KafkaSettings, logger: Logger): EventProducer {
  let producer: Producer | undefined;
  // One request is in flight at a time: these are about it.
  let turn = 0;
  let spread = false;
  const byKey = Partitioners.DefaultPartitioner();
  /** Order between messages without a key is not promised, so any partition will do. */
  const createPartitioner: ICustomPartitioner =
    () =>
    ({ topic, partitionMetadata, message }) => {
      if (message.key) return byKey({ topic, partitionMetadata, message });
      const led = partitionMetadata.filter(({ leader }) => leader >= 0);
      const partitions = led.length > 0 ? led : partitionMetadata;
      if (spread) turn += 1;
      return partitions[turn % partitions.length]?.partitionId ?? 0;
    };

  const connected = async (): Promise<Producer> => {
    if (producer) return producer;
    // No retries by kafkajs 2.2.4: it spreads the messages anew but spares the brokers that have answered, and so drops
    // what now falls to them (producer/sendMessages.js). Whole batches are sent again below.
    const fresh = kafka.producer({
      allowAutoTopicCreation: false,
      maxInFlightRequests: 4,
      retry: { retries: 0 },
      createPartitioner,
    });
    await fresh.connect();
    producer = fresh;
    return fresh;
  };
  const discard = (broken: Producer | undefined): void => {
    if (producer === broken) producer = undefined;
    broken?.disconnect().catch(() => undefined);
  };

  const produce = async (topicMessages: TopicMessages[]): Promise<void> => {
    const current = await connected();
    try {
      await current.sendBatch({ topicMessages, acks: -1, timeout: 5_000, compression: CompressionTypes.None });
    } catch (error) {
      // After a time-out the socket may be half-open and stay so: start over with a new one, and with new metadata.
      discard(current);
      throw error;
    }
  };

  const batcher = new Batcher<OutgoingMessage[]>({
    maxBatch: MAX_BATCH_MESSAGES,
    maxBatchWeight: MAX_BATCH_MESSAGES,
    maxWaiting: MAX_WAITING_MESSAGES,
    weigh: (messages) => messages.length,
    run: async (groups) => {
      const messages = groups.flat();
      spread = messages.length > ONE_PARTITION_MESSAGES;
      for (let tries = 0; ; tries += 1) {
        turn += 1;
        try {
          await produce(byTopic(messages, settings));
          return [];
        } catch (error) {
          logger.warn({ error: messageOf(error), messages: messages.length, tries: tries + 1 }, 'could not produce');
          const pause = PAUSES_MS[tries];
          if (pause === undefined) throw error;
          await delay(pause);
        }
      }
    },
  });

  return {
    send: (messages) => (messages.length === 0 ? Promise.resolve() : batcher.add(messages)),
    close: async () => {
      // What a Kafka that is away or silent does not take now is published by a sweeper, or a reaper, of whoever is there.
      const tell = (error: unknown): void => logger.warn({ error: messageOf(error) }, 'left Kafka without its answer');
      await withinTime('sending the last messages', LAST_MESSAGES_MS, batcher.drained()).catch(tell);
      await withinTime('disconnecting', DISCONNECT_MS, Promise.resolve(producer?.disconnect())).catch(tell);
    },
  };
}

interface TopicMessages {
  topic: string;
  messages: Message[];
}

function byTopic(messages: OutgoingMessage[], settings: KafkaSettings): TopicMessages[] {
  const topics = new Map<TopicKey, Message[]>();
  for (const { topic, key = null, value, timestamp, traceparent } of messages) {
    let list = topics.get(topic);
    if (!list) topics.set(topic, (list = []));
    list.push({ key, value, timestamp: String(timestamp.getTime()), headers: { traceparent } });
  }
  return [...topics].map(([topic, list]) => ({ topic: topicName(settings, topic), messages: list }));
}
