import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { serviceNamed, type World } from './world.ts';

/** The wall clock of one instance jumps by so much, and back at the end; see preload/clock.ts. */
export async function stepClock(world: World, name: string, byMs: number, ms: number): Promise<void> {
  const { clockFile } = serviceNamed(world, name);
  writeFileSync(clockFile, String(byMs));
  await pause(ms);
  rmSync(clockFile);
}
