import { setTimeout as pause } from 'node:timers/promises';
import { primaryOf } from '../servers/mongo-set.ts';
import type { Node } from '../servers/node.ts';
import { ready, type Service } from '../servers/services.ts';
import { serviceNamed, type World } from './world.ts';

/** SIGKILL; the supervisor starts it again. */
export async function killService(world: World, name: string): Promise<void> {
  await serviceNamed(world, name).process.kill();
}

export async function pauseService(world: World, name: string, ms: number): Promise<void> {
  const { process } = serviceNamed(world, name);
  process.freeze();
  await pause(ms);
  process.thaw();
}

/** SIGTERM to one instance after the other; the next one goes when the last is back. */
export async function restartRolling({ services }: World, kind: string): Promise<void> {
  for (const service of services.filter((candidate) => candidate.kind === kind)) await restart(service);
}

async function restart({ name, url, process }: Service): Promise<void> {
  await process.terminate();
  await ready(name, url);
}

export async function killNode(node: Node, ms: number): Promise<void> {
  await node.kill();
  await pause(ms);
  await node.start();
}

export async function pauseNode(node: Node, ms: number): Promise<void> {
  node.process.freeze();
  await pause(ms);
  node.process.thaw();
}

/** The node of this number, or the replica set's primary of this moment. */
export async function nodeOf(nodes: readonly Node[], target: string): Promise<Node> {
  const found = target === 'primary' ? await primaryOf(nodes) : nodes[Number(target) - 1];
  const node = found ?? nodes[0];
  if (!node) throw new Error(`there is no node ${target}`);
  return node;
}
