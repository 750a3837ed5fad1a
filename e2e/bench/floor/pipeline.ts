import { randomUUID } from 'node:crypto';
import { quietIdleConnections } from '@postrider/shared/kafka/idle-timer-patch.ts';
import { Kafka, logLevel } from 'kafkajs';
import mongoose, { type mongo } from 'mongoose';
import { Pool } from 'undici';
import { monotonicMicros } from '../load/moment.ts';
import { post } from '../load/post.ts';
import { filler, messageText } from '../load/target.ts';
import { answerCalls } from '../processes/calls.ts';

/** Where the floor works: the same servers and sink as the system, a database and a topic of its own. */
export interface FloorPlace {
  kafkaBrokers: string;
  mongodbUri: string;
  database: string;
  topic: string;
  sink: string;
}

interface FloorEvent {
  _id: string;
  payload: { url: string; body: string };
  status: 'QUEUED' | 'PROCESSING' | 'COMPLETED';
  createdAt: Date;
}

const BATCH = 200;
const CONNECTIONS = 64;

// Without it kafkajs's idle connections would make the floor dearer than it is.
quietIdleConnections();

/**
 * What the work itself costs, with no system around it: store, publish, consume, claim, send, record, in the plainest
 * way and in one process. No validation, no signature, no limits, no logs, no second index, no repair of anything.
 */
async function prepare(place: FloorPlace) {
  const connection = await mongoose
    .createConnection(place.mongodbUri, {
      dbName: place.database,
      writeConcern: { w: 'majority', journal: true },
      serverSelectionTimeoutMS: 5_000,
    })
    .asPromise();
  const events = connection.collection('events') as unknown as mongo.Collection<FloorEvent>;
  const attempts = connection.collection('attempts') as unknown as mongo.Collection<{ _id: string }>;
  const kafka = new Kafka({ brokers: place.kafkaBrokers.split(','), clientId: 'floor', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: place.topic, numPartitions: 1 }] });
  await admin.disconnect();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const consumer = kafka.consumer({ groupId: place.topic, maxWaitTimeInMs: 1_000 });
  const url = new URL(place.sink);
  const pool = new Pool(url.origin, { connections: CONNECTIONS, pipelining: 1 });
  let delivered = 0;

  async function accept(first: number, count: number): Promise<void> {
    const fill = filler([messageText]);
    const batch = Array.from({ length: count }, (_, at): FloorEvent => {
      const body = fill(first + at, monotonicMicros());
      return { _id: randomUUID(), payload: { url: place.sink, body }, status: 'QUEUED', createdAt: new Date() };
    });
    await events.insertMany(batch, { ordered: false });
    const messages = batch.map(({ _id, payload }) => ({ key: null, value: JSON.stringify({ _id, payload }) }));
    await producer.send({ topic: place.topic, messages, acks: -1 });
  }

  async function dispatch(batch: Pick<FloorEvent, '_id' | 'payload'>[]): Promise<void> {
    const ids = { _id: { $in: batch.map(({ _id }) => _id) } };
    await events.updateMany({ ...ids, status: 'QUEUED' }, { $set: { status: 'PROCESSING' } });
    const startedAt = new Date();
    await Promise.all(batch.map(send));
    const done = batch.map(({ _id }) => ({ _id: `${_id}:1`, eventId: _id, outcome: 'delivered', startedAt }));
    await attempts.insertMany(done, { ordered: false });
    await events.updateMany({ ...ids, status: 'PROCESSING' }, { $set: { status: 'COMPLETED' } });
    delivered += batch.length;
  }

  async function send({ _id, payload }: Pick<FloorEvent, '_id' | 'payload'>): Promise<void> {
    const headers = { 'content-type': 'application/json', 'webhook-id': _id };
    const { status } = await post(pool, url, headers, payload.body, false);
    if (status !== '200') throw new Error(`the sink answered ${status}`);
  }

  await consumer.connect();
  await consumer.subscribe({ topic: place.topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (let at = 0; at < batch.messages.length; at += BATCH) {
        const slice = batch.messages.slice(at, at + BATCH);
        await dispatch(slice.map(({ value }) => JSON.parse(String(value)) as Pick<FloorEvent, '_id' | 'payload'>));
      }
    },
  });
  return { accept, delivered: () => delivered };
}

let ready: Awaited<ReturnType<typeof prepare>>;

const calls = {
  prepare: async (place: FloorPlace): Promise<void> => {
    ready = await prepare(place);
  },
  /** Resolves when all of them are stored and published; deliveries go on beside it. */
  accept: async ({ events, firstNumber }: { events: number; firstNumber: number }): Promise<{ firstPost: number }> => {
    const firstPost = monotonicMicros();
    for (let at = 0; at < events; at += BATCH) await ready.accept(firstNumber + at, Math.min(BATCH, events - at));
    return { firstPost };
  },
  delivered: (): number => ready.delivered(),
};
export type PipelineCalls = typeof calls;

answerCalls(calls);
