import type { TcpProxy } from '../network/tcp-proxy.ts';
import type { Node } from '../servers/node.ts';
import type { FaultKind } from './catalogue.ts';
import { killDuringReplay, sameKey } from './clients.ts';
import { stepClock } from './clock.ts';
import { fillDisk } from './disk.ts';
import type { Fault } from './fault.ts';
import { hurtNetwork } from './network.ts';
import { killNode, killService, nodeOf, pauseNode, pauseService, restartRolling } from './processes.ts';
import { hurtProvider, providerDown } from './providers.ts';
import { poison, rebalance } from './records.ts';
import type { World } from './world.ts';

type Act = (world: World, fault: Required<Fault>) => Promise<void>;

const ACTS: Record<FaultKind, Act> = {
  'kill-service': (world, { target }) => killService(world, target),
  'pause-service': (world, { target, ms }) => pauseService(world, target, ms),
  'restart-service': (world, { target }) => restartRolling(world, target),
  'kill-broker': async ({ brokers }, { target, ms }) => killNode(await nodeOf(brokers, target), ms),
  'pause-broker': async ({ brokers }, { target, ms }) => pauseNode(await nodeOf(brokers, target), ms),
  'kill-mongod': async ({ members }, { target, ms }) => killNode(await nodeOf(members, target), ms),
  'pause-mongod': async ({ members }, { target, ms }) => pauseNode(await nodeOf(members, target), ms),
  'network-kafka': (world, { target, form, ms }) => hurtNetwork(world, proxiesOf(world.brokers), target, form, ms),
  'network-mongo': (world, { target, form, ms }) => hurtNetwork(world, proxiesOf(world.members), target, form, ms),
  'network-provider': (world, { target, form, ms }) =>
    hurtNetwork(world, Object.values(world.providers), target, form, ms),
  poison: (world, { form }) => poison(world, Number(form)),
  rebalance: (world, { target, ms }) => rebalance(world, target, ms),
  'same-key': (world) => sameKey(world),
  'replay-kill': (world, { target, form }) => killDuringReplay(world, target, Number(form)),
  'disk-broker': async ({ brokers }, { target, ms }) => fillDisk(await nodeOf(brokers, target), ms),
  'disk-mongod': async ({ members }, { target, ms }) => fillDisk(await nodeOf(members, target), ms),
  'clock-service': (world, { target, form, ms }) => stepClock(world, target, Number(form), ms),
  'provider-down': (world, { target, ms }) => providerDown(world, target, ms),
  provider: (world, { target, form, ms }) => hurtProvider(world, target, form, ms),
};

const proxiesOf = (nodes: readonly Node[]): TcpProxy[] => nodes.map(({ proxy }) => proxy);

/** Lets one fault happen; resolves when it is over. */
export function inflict(world: World, fault: Fault): Promise<void> {
  return ACTS[fault.kind](world, { form: '', ...fault });
}
