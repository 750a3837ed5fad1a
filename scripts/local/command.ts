import { execFile } from 'node:child_process';

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds; without it a command takes as long as it takes. */
  timeout?: number;
}

export interface CommandResult {
  ok: boolean;
  /** Standard output and standard error together: tools disagree on where a version or a fault goes. */
  output: string;
  missing: boolean;
}

export function tryCommand(command: string, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((done) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024, ...options }, (error, stdout, stderr) =>
      done({
        ok: error === null,
        output: `${stdout}${stderr}`.trim(),
        missing: (error as NodeJS.ErrnoException | null)?.code === 'ENOENT',
      }),
    );
  });
}

export async function runCommand(command: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const result = await tryCommand(command, args, options);
  if (result.ok) return result.output;
  const why = result.missing ? `there is no ${command} on PATH` : lastLines(result.output, 15);
  throw new Error(`${command} ${args.join(' ')} failed:\n${why}`);
}

export const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n');
