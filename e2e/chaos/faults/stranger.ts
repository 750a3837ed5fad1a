// A process of its own, so that its end is its end: a consumer of kafkajs that is disconnected while it restarts itself
// stays in its group, and keeps its partitions from those who would work on them.
import { Kafka, logLevel } from 'kafkajs';

const [brokers = '', groupId = '', topic = ''] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'stranger', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId, sessionTimeout: 6_000, rebalanceTimeout: 30_000 });
process.on('SIGTERM', () => {
  void consumer.disconnect().finally(() => process.exit());
});
// The harness is gone.
process.on('disconnect', () => process.exit());
await consumer.connect();
await consumer.subscribe({ topic });
await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: () => Promise.resolve() });
