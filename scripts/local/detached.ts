import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { logsFolder } from './project.ts';
import type { Log } from './server.ts';

type Message = { line: string } | 'ready';

/** Starts the program again in the background, shows what it says until it is ready, and leaves it there. */
export function startDetached(program: string, args: string[], log: Log): Promise<'ready' | 'failed'> {
  mkdirSync(logsFolder, { recursive: true });
  const output = openSync(join(logsFolder, 'start.log'), 'w');
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill());
  return new Promise((done) => {
    child.on('message', (message: Message) => {
      if (message !== 'ready') return log(message.line);
      child.disconnect();
      child.unref();
      done('ready');
    });
    child.once('exit', () => done('failed'));
  });
}

/** To the one who started this process in the background, as long as he listens. */
export function tellStarter(message: Message): void {
  if (process.connected) process.send?.(message, () => {});
}
