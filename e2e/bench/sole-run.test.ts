import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimSoleRun } from './sole-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sole-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a second benchmark is refused while the first one runs, and not because of one that was killed', () => {
  const release = claimSoleRun(folder);
  expect(() => claimSoleRun(folder)).toThrow(`running already, as process ${process.pid}`);
  release();
  // The pid of this process, but of another start: what a killed benchmark leaves once its pid is used again.
  writeFileSync(join(folder, 'bench.pid'), `${process.pid} 1`);
  claimSoleRun(folder)();
});
