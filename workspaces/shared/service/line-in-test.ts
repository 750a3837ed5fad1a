import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to a server that can stop carrying anything without telling either side, as a paused machine does. */
export interface Line {
  port: number;
  stall(): void;
  resume(): void;
  close(): Promise<void>;
}

/** Opens one to a server of this machine; `port` is where to reach it. */
export async function openLine(to: { host: string; port: number }): Promise<Line> {
  const sockets = new Set<Socket>();
  let stalled = false;
  const hold = (socket: Socket): Socket => (stalled ? socket.pause() : socket.resume());
  const server = createServer((near) => {
    const far = connect(to);
    for (const [from, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (!other.write(chunk)) from.pause();
      });
      from.on('drain', () => hold(other));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        other.destroy();
      });
      hold(from);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const set = (value: boolean): void => {
    stalled = value;
    for (const socket of sockets) hold(socket);
  };
  return {
    port: (server.address() as AddressInfo).port,
    stall: () => set(true),
    resume: () => set(false),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
