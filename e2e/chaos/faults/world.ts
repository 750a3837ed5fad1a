import type { Kafka } from 'kafkajs';
import type { ClientLedger } from '../load/client-ledger.ts';
import type { TcpProxy } from '../network/tcp-proxy.ts';
import type { Node } from '../servers/node.ts';
import type { Service } from '../servers/services.ts';

/** All that a fault can hurt. */
export interface World {
  seed: number;
  services: readonly Service[];
  brokers: readonly Node[];
  members: readonly Node[];
  sandboxUrl: string;
  /** Before the sandbox's HTTP and SMTP ports. */
  providers: Readonly<Record<'http' | 'smtp', TcpProxy>>;
  /** The harness's own way to Kafka, past the proxies. */
  kafka: Kafka;
  ledger: ClientLedger;
}

export function serviceNamed({ services }: World, name: string): Service {
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`there is no service ${name}`);
  return found;
}
