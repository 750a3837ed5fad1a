import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { findDocker } from './docker-engine.ts';
import { discardContainer } from './docker-server.ts';
import { serverKinds, stopLeftoverServers } from './leftover-servers.ts';
import { startOf } from './process-identity.ts';
import { dataFolder, discardFolder } from './project.ts';

/** Test runs bear the pid of their owner, so that several go side by side. */
export const testRunName = (pid: number): string => `test-${pid}`;

/** Cleans up after test runs that were killed before they could do it themselves. */
export async function discardStaleTestRuns(): Promise<void> {
  const stale = testRuns().filter((name) => startOf(Number(name.slice('test-'.length))) === undefined);
  if (stale.length === 0) return;
  const engine = await findDocker();
  for (const name of stale) {
    await stopLeftoverServers(name);
    for (const kind of serverKinds) {
      if (engine) await discardContainer(engine, name, kind);
      await discardFolder(name, kind);
    }
  }
}

function testRuns(): string[] {
  const folder = dirname(dataFolder('any'));
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^test-\d+$/.test(name)) : [];
}
