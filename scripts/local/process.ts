import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identityOf } from './process-identity.ts';

export interface ProcessOptions {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Receives standard output and standard error, appended. */
  logFile: string;
  pidFile: string;
}

export interface OwnProcess {
  pid: number;
  /** Resolves when it has ended, with the reason in words. */
  ended: Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL after the limit; tells whether the limit was needed. */
  stop(limitMs: number): Promise<{ forced: boolean }>;
}

/**
 * Runs a process in a group of its own, so that the terminal's Ctrl-C does not reach it: who started it decides on
 * the order in which things end.
 */
export function startProcess({ command, args, env, cwd, logFile, pidFile }: ProcessOptions): OwnProcess {
  for (const file of [logFile, pidFile]) mkdirSync(dirname(file), { recursive: true });
  const output = openSync(logFile, 'a');
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);

  const ended = new Promise<string>((done) => {
    child.once('error', (error) => done(`could not be run (${error.message})`));
    child.once('exit', (code, signal) => done(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  });
  const { pid } = child;
  if (pid === undefined) return { pid: 0, ended, signal: () => {}, stop: () => Promise.resolve({ forced: false }) };

  writeFileSync(pidFile, identityOf(pid));
  const release = leash(pid);
  const gone = ended.then((reason) => {
    release();
    rmSync(pidFile, { force: true });
    return reason;
  });
  return {
    pid,
    ended: gone,
    signal: (signal) => signalGroup(pid, signal),
    stop: (limitMs) => stopProcess(pid, gone, limitMs),
  };
}

async function stopProcess(pid: number, ended: Promise<string>, limitMs: number): Promise<{ forced: boolean }> {
  let forced = false;
  signalGroup(pid, 'SIGTERM');
  const limit = setTimeout(() => {
    forced = true;
    signalGroup(pid, 'SIGKILL');
  }, limitMs);
  await ended;
  clearTimeout(limit);
  return { forced };
}

export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Ends the group when this process is gone, even by SIGKILL: a shell waits on a pipe whose other end only this process
 * holds. A line says that all is well; end of file says that nobody is left to say so.
 */
function leash(pid: number): () => void {
  const watch = [
    'read -r _ && exit',
    'kill -TERM -$0',
    'for _ in $(seq 30); do sleep 1; kill -0 -$0 || exit; done',
    'kill -KILL -$0',
  ].join('; ');
  const shell = spawn('sh', ['-c', watch, `${pid}`], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return () => shell.stdin.end('\n');
}
