import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findDocker } from './docker-engine.ts';
import { discardContainer } from './docker-server.ts';
import { stopLeftover } from './leftover.ts';
import { startOf } from './process-identity.ts';
import { dataFolder, discardFolder } from './project.ts';

const kinds = ['kafka', 'mongo'];
const stopLimitMs = 5000;

/** Test runs bear the pid of their owner, so that several go side by side. */
export const testRunName = (pid: number): string => `test-${pid}`;

/** Cleans up after test runs that were killed before they could do it themselves. */
export async function discardStaleTestRuns(): Promise<void> {
  const stale = testRuns().filter((name) => startOf(Number(name.slice('test-'.length))) === undefined);
  if (stale.length === 0) return;
  const engine = await findDocker();
  for (const name of stale) {
    for (const kind of kinds) {
      await stopLeftover(join(dataFolder(name), kind, `${kind}.pid`), stopLimitMs);
      if (engine) await discardContainer(engine, name, kind);
      await discardFolder(name, kind);
    }
  }
}

function testRuns(): string[] {
  const folder = dirname(dataFolder('any'));
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^test-\d+$/.test(name)) : [];
}
