import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../system/until.ts';
import { type Container, execute, kill, ready, start, stop } from './containers.ts';
import type { Rehearsal } from './options.ts';

/** One thing that is done to the system; times in milliseconds since the epoch. */
export interface Step {
  what: string;
  startedAt: number;
  endedAt: number;
  /** Says what is wrong, where the step itself was not as it should be. */
  fault?: string;
}

export interface Fault {
  what: string;
  inflict(): Promise<string | undefined>;
}

const RECOVERY_LIMIT_MS = 180_000;

/** Everything that a rehearsal does, in order. */
export function faultsOf(rehearsal: Rehearsal, containers: readonly Container[], awayMs: number): Fault[] {
  const of = (image: string): Container[] => containers.filter((container) => container.image.startsWith(image));
  switch (rehearsal) {
    case 'rolling':
      return of('postrider/')
        .filter(({ service }) => service !== 'provider-sandbox')
        .map((container) => ({ what: `restart ${container.service}`, inflict: () => restart(container) }));
    case 'brokers':
      return of('apache/kafka').map((broker) => ({
        what: `kill ${broker.service}`,
        inflict: () => killBroker(broker, awayMs),
      }));
    case 'members':
      return of('mongo').map((member) => ({
        what: `kill ${member.service}`,
        inflict: () => killMember(member, awayMs),
      }));
  }
}

async function restart(container: Container): Promise<string | undefined> {
  const code = await stop(container);
  await start(container);
  await ready(container);
  return code === 0 ? undefined : `it ended with exit code ${code}`;
}

/** The next one may only go once this one's replicas are in sync: two of three are needed. */
async function killBroker(broker: Container, awayMs: number): Promise<undefined> {
  await kill(broker);
  await pause(awayMs);
  await start(broker);
  const topics = ['/opt/kafka/bin/kafka-topics.sh', '--bootstrap-server', 'localhost:9092', '--describe'];
  await until(
    'replicas in sync',
    async () => (await execute(broker, ...topics, '--under-replicated-partitions')).trim() === '',
    RECOVERY_LIMIT_MS,
  );
}

async function killMember(member: Container, awayMs: number): Promise<undefined> {
  await kill(member);
  await pause(awayMs);
  await start(member);
  const question = "rs.status().members.every(({ state }) => state === 1 || state === 2) && 'all well'";
  await until(
    'members in their places',
    async () => (await execute(member, 'mongosh', '--quiet', '--eval', question)).includes('all well'),
    RECOVERY_LIMIT_MS,
  );
}

/** Which member is the primary now, for the report. */
export async function primaryOf(containers: readonly Container[]): Promise<string> {
  const member = containers.find(({ image }) => image.startsWith('mongo'));
  return member ? execute(member, 'mongosh', '--quiet', '--eval', 'db.hello().primary') : '';
}
