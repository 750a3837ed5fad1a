import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Channel } from '@postrider/shared/events/channels.ts';

const PROGRAM = fileURLToPath(new URL('../../provider-sandbox/main.ts', import.meta.url));

/** What the sandbox has accepted, as far as the conformance suite looks at it. */
export interface Arrival {
  id: string | null;
  recipient: string;
  text: string | null;
  headers: Record<string, string>;
  body: string;
}

/** The provider sandbox in a process of its own, as it runs in development: the suite speaks to it by its wires only. */
export class ConformanceSandbox {
  readonly port: number;
  readonly smtpPort: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: { port: number; smtpPort: number }) {
    this.#child = child;
    this.port = ports.port;
    this.smtpPort = ports.smtpPort;
  }

  static async start(): Promise<ConformanceSandbox> {
    const env = { PORT: '0', SMTP_PORT: '0', HOST: '127.0.0.1' };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(child.stdout)) {
      const entry = JSON.parse(line) as { msg: string; port: number; smtpPort: number };
      if (entry.msg !== 'listening') continue;
      // Nobody reads on; a full pipe would stop it.
      child.stdout.resume();
      return new ConformanceSandbox(child, entry);
    }
    throw new Error('the provider sandbox ended before it listened');
  }

  async received(channel: Channel, id: string): Promise<Arrival[]> {
    const response = await fetch(`http://127.0.0.1:${this.port}/received?channel=${channel}&id=${id}`);
    return ((await response.json()) as { items: Arrival[] }).items;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
