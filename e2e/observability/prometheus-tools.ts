import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, tryCommand } from '../../scripts/local/command.ts';
import { localFolder } from '../../scripts/local/project.ts';

export type Tool = 'promtool' | 'prometheus';

const UNPACKED = join(localFolder, 'prometheus');

/**
 * Prometheus' programs: those on the PATH, else those of Debian's package, which is unpacked into a folder of ours: installed,
 * it would start a server. Undefined where neither is to be had.
 */
export async function findTool(tool: Tool): Promise<string | undefined> {
  if ((await tryCommand(tool, ['--version'])).ok) return tool;
  const unpacked = join(UNPACKED, 'usr/bin', tool);
  if (!existsSync(unpacked)) await unpack().catch(() => undefined);
  return (await tryCommand(unpacked, ['--version'])).ok ? unpacked : undefined;
}

async function unpack(): Promise<void> {
  mkdirSync(UNPACKED, { recursive: true });
  const isKnown = async () => (await tryCommand('apt-cache', ['show', 'prometheus'])).ok;
  if (!(await isKnown()) && process.getuid?.() === 0) await runCommand('apt-get', ['update', '-qq']);
  await runCommand('apt-get', ['download', '-qq', 'prometheus'], { cwd: UNPACKED });
  const [archive = ''] = readdirSync(UNPACKED).filter((name) => name.endsWith('.deb'));
  await runCommand('dpkg-deb', ['--extract', archive, '.'], { cwd: UNPACKED });
}
