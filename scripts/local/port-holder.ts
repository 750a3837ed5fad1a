import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tryCommand } from './command.ts';

/** The process that listens on a TCP port, as `name (pid 123)`, where the system lets us see it. */
export async function portHolder(port: number): Promise<string | undefined> {
  const holder = process.platform === 'linux' ? linuxHolder(port) : await lsofHolder(port);
  return holder?.includes('docker') ? ((await containerOn(port)) ?? holder) : holder;
}

/** Docker listens for its containers; their names say more than its own. */
async function containerOn(port: number): Promise<string | undefined> {
  const { ok, output } = await tryCommand('docker', ['ps', '--filter', `publish=${port}`, '--format', '{{.Names}}']);
  return ok && output ? `the Docker container ${output}` : undefined;
}

function linuxHolder(port: number): string | undefined {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(table, port));
  const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && holdsOneOf(entry, sockets));
  if (pid === undefined) return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  return `${command.length > 80 ? `${command.slice(0, 77)}...` : command} (pid ${pid})`;
}

/** proc(5), tcp: sl, local_address, rem_address, st, ..., inode; the port in hexadecimal, state 0A is LISTEN. */
function listeningSockets(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return linesOf(table)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === '0A')
    .map((fields) => `socket:[${fields[9]}]`);
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function holdsOneOf(pid: string, sockets: string[]): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.includes(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

async function lsofHolder(port: number): Promise<string | undefined> {
  const { output } = await tryCommand('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  return pid && `${/^c(.+)$/m.exec(output)?.[1]} (pid ${pid})`;
}
