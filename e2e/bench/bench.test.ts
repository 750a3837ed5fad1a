import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

// What it measures here means nothing; that nothing is lost does.
test('the benchmark runs to its end, and everything that was accepted arrives', async () => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'main.ts'), '--quick'], {
    timeout: 150_000,
  });
  for (const scenario of ['floor', 'single', 'batch', '200/s', 'critical', 'backlog', '100 sound', 'ingest'])
    expect(stdout).toMatch(new RegExp(`^${scenario} .*\\d`, 'm'));
  expect(stdout).toContain('POST to arrival at the sink');
  expect(stdout).toMatch(/one of them hangs, the other 99: p99 ms \| \d/);
}, 160_000);
