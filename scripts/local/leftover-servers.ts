import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findDocker } from './docker-engine.ts';
import { removeContainer } from './docker-server.ts';
import { stopLeftover } from './leftover.ts';
import { dataFolder } from './project.ts';

export const serverKinds = ['kafka', 'mongo'];
const stopLimitMs = 30_000;

/** Ends the servers of a run that was killed before it could do so itself; their data stays. */
export async function stopLeftoverServers(run: string): Promise<void> {
  const kinds = serverKinds.filter((kind) => existsSync(join(dataFolder(run), kind)));
  if (kinds.length === 0) return;
  const engine = await findDocker();
  for (const kind of kinds) {
    await stopLeftover(join(dataFolder(run), kind, `${kind}.pid`), stopLimitMs);
    if (engine) await removeContainer(engine, run, kind);
  }
}
