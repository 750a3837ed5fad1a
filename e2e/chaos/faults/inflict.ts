import { killDuringReplay, sameKey } from './clients.ts';
import type { Fault, FaultKind } from './fault.ts';
import { hurtNetwork } from './network.ts';
import { killNode, killService, nodeOf, pauseNode, pauseService, restartRolling } from './processes.ts';
import { hurtProvider } from './providers.ts';
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
  'network-kafka': (world, { target, form, ms }) => hurtNetwork(world, world.brokers, target, form, ms),
  'network-mongo': (world, { target, form, ms }) => hurtNetwork(world, world.members, target, form, ms),
  poison: (world, { form }) => poison(world, Number(form)),
  rebalance: (world, { target, ms }) => rebalance(world, target, ms),
  'same-key': (world) => sameKey(world),
  'replay-kill': (world, { target, form }) => killDuringReplay(world, target, Number(form)),
  provider: (world, { target, form, ms }) => hurtProvider(world, target, form, ms),
};

/** Lets one fault happen; resolves when it is over. */
export function inflict(world: World, fault: Fault): Promise<void> {
  return ACTS[fault.kind](world, { form: '', ...fault });
}
