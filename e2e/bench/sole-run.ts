import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, livingPid } from '../../scripts/local/process-identity.ts';
import { pidsFolder } from '../../scripts/local/project.ts';

/**
 * Two benchmarks at a time would measure each other, and the second would take the servers of the first for leftovers.
 * @returns what gives the place up again.
 * @throws when a benchmark of this checkout is running.
 */
export function claimSoleRun(folder = pidsFolder): () => void {
  const file = join(folder, 'bench.pid');
  const running = livingPid(textOf(file));
  if (running !== undefined) throw new Error(`a benchmark is running already, as process ${running}`);
  mkdirSync(folder, { recursive: true });
  rmSync(file, { force: true });
  // wx: of two that come here at once, one fails.
  writeFileSync(file, identityOf(process.pid), { flag: 'wx' });
  return () => rmSync(file, { force: true });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
