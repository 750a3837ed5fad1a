import { createServer } from 'node:net';
import { portHolder } from './port-holder.ts';

const loopback = '127.0.0.1';

function listenOnce(port: number): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(port, loopback, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : port));
    });
  });
}

export const freePort = (): Promise<number> => listenOnce(0);

export async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

export interface PortUse {
  port: number;
  /** Who wants it, as a person would say it. */
  use: string;
  /** What to do instead. */
  remedy?: string;
}

/** One message for all ports that somebody else holds. */
export async function requireFree(uses: PortUse[]): Promise<void> {
  const taken = await Promise.all(
    uses.map(async ({ port, use, remedy }) => {
      if (await isFree(port)) return [];
      const holder = (await portHolder(port)) ?? 'a process that this user cannot see';
      return [`Port ${port}, which ${use} needs, is in use by ${holder}.${remedy ? ` ${remedy}` : ''}`];
    }),
  );
  const faults = taken.flat();
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
