import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When the process started, in whatever unit the system tells it, or undefined when there is none. A pid alone names
 * another process once the first one is gone; together with its start it doesn't.
 */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`])
        .toString()
        .trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name (field 2) may hold blanks and brackets; field 3 is the state, field 22 the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export const identityOf = (pid: number): string => `${pid} ${startOf(pid) ?? ''}`;

/** The pid of a written identity, if that very process still runs. */
export function livingPid(identity: string): number | undefined {
  const [pid, ...start] = identity.trim().split(' ');
  const living = startOf(Number(pid));
  return living !== undefined && living === start.join(' ') ? Number(pid) : undefined;
}
