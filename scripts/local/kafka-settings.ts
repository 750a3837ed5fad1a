export interface BrokerPlace {
  /** The address to bind; clients are told the loopback address in any case. */
  bind: string;
  port: number;
  controllerPort: number;
  data: string;
}

/** Sized for one developer's machine: one node that is broker and controller, and small internal topics. */
export const brokerSettings = ({ bind, port, controllerPort, data }: BrokerPlace): Record<string, string> => ({
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  listeners: `PLAINTEXT://${bind}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'controller.listener.names': 'CONTROLLER',
  'log.dirs': data,
  'auto.create.topics.enable': 'false',
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  // After a SIGKILL the new process waits until the session of the old one has run out (9 s by default).
  'broker.session.timeout.ms': '4000',
  'broker.heartbeat.interval.ms': '1000',
  'log.cleaner.dedupe.buffer.size': '16777216',
});

export const asProperties = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** The names that the Kafka images read: `log.dirs` is KAFKA_LOG_DIRS. */
export const asEnvironment = (settings: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`KAFKA_${name.replaceAll('.', '_').toUpperCase()}`, value]),
  );
