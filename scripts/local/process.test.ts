import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stopLeftover } from './leftover.ts';
import { startProcess } from './process.ts';
import { identityOf, livingPid } from './process-identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'postrider-process-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files = (name: string) => ({ logFile: join(folder, `${name}.log`), pidFile: join(folder, `${name}.pid`) });
const sleep = { command: 'sleep', args: ['60'] };

it('a process outlives neither its owner nor a SIGKILL of its owner', async () => {
  const { logFile, pidFile } = files('orphan');
  const owner = join(folder, 'owner.ts');
  writeFileSync(
    owner,
    `import { startProcess } from '${join(import.meta.dirname, 'process.ts')}';
     startProcess(${JSON.stringify({ ...sleep, logFile, pidFile })});
     console.log('started');
     setInterval(() => {}, 1000);`,
  );
  const killed = spawn(process.execPath, [owner], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(killed.stdout, 'data');
  const orphan = readFileSync(pidFile, 'utf8');
  expect(livingPid(orphan)).toBeDefined();

  killed.kill('SIGKILL');

  for (let tries = 0; livingPid(orphan) !== undefined && tries < 100; tries += 1) await pause(50);
  expect(livingPid(orphan)).toBeUndefined();
});

it('what an earlier run left behind is stopped, a stranger that has its pid by now is not', async () => {
  const { logFile, pidFile } = files('leftover');
  const left = startProcess({ ...sleep, logFile, pidFile });
  const stranger = startProcess({ ...sleep, ...files('stranger') });
  const foreign = join(folder, 'foreign.pid');
  writeFileSync(foreign, `${stranger.pid} another start`);

  expect(await stopLeftover(pidFile, 5000)).toBe(true);
  expect(await stopLeftover(foreign, 5000)).toBe(false);

  expect(await left.ended).toBe('was ended by SIGTERM');
  expect(livingPid(identityOf(stranger.pid))).toBe(stranger.pid);
  await stranger.stop(5000);
});

it('a process that ignores SIGTERM is killed when its time is over', async () => {
  const stubborn = startProcess({ command: 'sh', args: ['-c', 'trap "" TERM; sleep 60'], ...files('stubborn') });
  await pause(300);
  expect(await stubborn.stop(300)).toEqual({ forced: true });
});

it('a program that does not exist is told as such', async () => {
  const missing = startProcess({ command: 'no-such-program', args: [], ...files('missing') });
  expect(await missing.ended).toContain('could not be run');
  await missing.stop(100);
});
