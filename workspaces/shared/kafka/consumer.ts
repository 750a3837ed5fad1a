import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { messageOf } from '../errors/app-error.ts';
import type { Logger } from '../service/logger.ts';
import { withinTime } from '../service/time-limit.ts';
import { Assignment } from './assignment.ts';
import { type MessageTrace, traceOf } from './message-trace.ts';

export interface IncomingMessage<T> {
  value: T;
  /** Where the consumer is asked for it. */
  trace?: MessageTrace;
  /** To be called once its work is recorded, or known to be none: its offset may then be committed. */
  done(): void;
}

export interface PoisonMessage {
  topic: string;
  partition: number;
  offset: string;
  value: string | undefined;
  error: string;
}

export interface ConsumerOptions<T> {
  topic: string;
  groupId: string;
  /** @throws when the message is not one of ours. */
  parse(value: string): T;
  /** Takes messages over and returns at once; nobody waits in a consumer. */
  take(messages: IncomingMessage<T>[]): void;
  /** A message that `parse` refused. It is skipped once this has resolved. */
  onPoison(message: PoisonMessage): Promise<void>;
  /** kafkajs has given up for good: the process must end and be started anew. */
  onCrash(error: Error): void;
  /** No more is fetched while this many messages are unfinished; it goes on below half of it. */
  maxOpen: number;
  /** Whether messages come with their trace. */
  traced?: boolean;
}

export interface EventConsumer {
  /** Undefined when the group is joined, else why it is not. */
  notReady(): string | undefined;
  /** Messages behind the end of the topic's partitions that are ours, as last seen. */
  lag(): number;
  /** No message is taken any more; those taken may still be finished. */
  pause(): void;
  /** Commits what is finished and leaves the group; the rest comes again, to whoever owns the partition then. */
  close(): Promise<void>;
}

const COMMIT_INTERVAL_MS = 500;
/** For the last commit, and for leaving the group. */
const PARTING_LIMIT_MS = 3_000;
/**
 * Messages finished behind one that takes long are not committed: so many may come again after a crash, to be skipped. It is
 * far more than maxOpen: else one hanging send would hold back all others.
 */
const MAX_UNCOMMITTED = 50_000;
const HEARTBEAT_INTERVAL_MS = 1_500;
const MAX_POISON_TEXT = 4_096;

/**
 * A consumer that only takes messages and commits what is finished. kafkajs awaits each batch before it fetches
 * again, so `take` must not wait.
 */
export async function startConsumer<T>(
  kafka: Kafka,
  logger: Logger,
  options: ConsumerOptions<T>,
): Promise<EventConsumer> {
  const { topic, groupId } = options;
  const consumer: Consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    // The least a broker allows by default: so long the others wait for the partitions of an instance that died.
    sessionTimeout: 6_000,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    rebalanceTimeout: 30_000,
    maxWaitTimeInMs: 1_000,
    // Ids only: 64 KiB are some 500 messages, the most that one partition can add beyond maxOpen.
    maxBytesPerPartition: 64 * 1_024,
    retry: { retries: 8 },
  });
  const assignment = new Assignment();
  /** Those who wait for fewer unfinished messages. */
  const waiting: (() => void)[] = [];
  let joined = false;
  let closing = false;

  const letThrough = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const makeRoom = (): void => {
    if (waiting.length > 0 && assignment.unfinished < options.maxOpen / 2) letThrough();
  };
  const full = (): boolean => assignment.unfinished >= options.maxOpen || assignment.open >= MAX_UNCOMMITTED;
  /**
   * The back-pressure: kafkajs fetches again once this returns. Pausing the topic instead would make it sleep for a whole
   * maxWaitTimeInMs before it looks whether it may go on (consumerGroup.js, fetch), which held a dispatcher at 2,000 events/s.
   */
  const roomForMore = async (heartbeat: () => Promise<void>): Promise<void> => {
    while (!closing && full()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      const timer = setTimeout(resolve, HEARTBEAT_INTERVAL_MS);
      await promise;
      clearTimeout(timer);
      await heartbeat();
    }
  };

  const readPoison = (number: number, message: KafkaMessage, error: unknown, done: () => void): void => {
    const value = message.value?.toString('utf8').slice(0, MAX_POISON_TEXT);
    const poison = { topic, partition: number, offset: message.offset, value, error: messageOf(error) };
    logger.error({ topic, partition: number, offset: message.offset, error: poison.error }, 'poison message skipped');
    options.onPoison(poison).then(done, (failure: unknown) => {
      // Not finished, so not committed: it is met again after a restart, and can be recorded then.
      logger.error({ err: failure, topic, offset: message.offset }, 'could not record a poison message');
    });
  };

  const eachBatch = async ({
    batch,
    resolveOffset,
    heartbeat,
    isRunning,
    isStale,
  }: EachBatchPayload): Promise<void> => {
    if (!isRunning() || isStale() || closing) return;
    const begin = assignment.begin(batch.partition, BigInt(batch.highWatermark));
    const taken: IncomingMessage<T>[] = [];
    for (const message of batch.messages) {
      const finish = begin(BigInt(message.offset));
      const done = (): void => {
        finish();
        makeRoom();
      };
      try {
        const incoming: IncomingMessage<T> = { value: options.parse(message.value?.toString('utf8') ?? ''), done };
        if (options.traced) incoming.trace = traceOf(message, { topic, groupId, partition: batch.partition });
        taken.push(incoming);
      } catch (error) {
        readPoison(batch.partition, message, error, done);
      }
    }
    const last = batch.messages.at(-1);
    if (last) resolveOffset(last.offset);
    if (taken.length > 0) options.take(taken);
    await roomForMore(heartbeat);
  };

  const commit = async (): Promise<void> => {
    const commits = assignment.pendingCommits();
    if (commits.length === 0) return;
    try {
      await consumer.commitOffsets(commits.map(({ partition, offset }) => ({ topic, partition, offset })));
      for (const { done } of commits) done();
    } catch (error) {
      // During a rebalance or without a coordinator: the next round, or the next owner, makes up for it.
      logger.debug({ error: messageOf(error), topic }, 'could not commit');
    }
  };

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    joined = true;
    // There is no hook for partitions that are taken away. After a join kafkajs reads from the committed offsets
    // again, so all starts anew; what is still in flight here is skipped by its claim when it comes again.
    assignment.forget();
    letThrough();
    logger.info({ topic, groupId, partitions: payload.memberAssignment[topic] ?? [] }, 'joined the consumer group');
  });
  const left = (): void => {
    joined = false;
  };
  consumer.on(consumer.events.REBALANCING, left);
  consumer.on(consumer.events.DISCONNECT, left);
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    joined = false;
    if (!payload.restart && !closing) options.onCrash(payload.error);
  });

  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 4, eachBatch });

  let committing = Promise.resolve();
  const timer = setInterval(() => {
    committing = committing.then(commit);
  }, COMMIT_INTERVAL_MS);

  return {
    notReady: () => (joined ? undefined : `not in the consumer group of ${topic}`),
    lag: () => assignment.lag,
    pause: () => {
      closing = true;
      consumer.pause([{ topic }]);
      letThrough();
    },
    close: async () => {
      closing = true;
      letThrough();
      clearInterval(timer);
      // A Kafka that is away or silent does not hold up a stop: what is not committed is met again, and skipped.
      const tell = (error: unknown): void =>
        logger.warn({ error: messageOf(error), topic }, 'left Kafka without its answer');
      await withinTime('the last commit', PARTING_LIMIT_MS, committing.then(commit)).catch(tell);
      await withinTime('leaving the group', PARTING_LIMIT_MS, consumer.disconnect()).catch(tell);
    },
  };
}
