import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TcpProxy } from './tcp-proxy.ts';

/** A connection through the proxy as a service of this name makes it, and what it got. */
export async function connectAs(name: string, { port }: TcpProxy): Promise<{ socket: Socket; got: () => string }> {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (got += chunk.toString()));
  await once(socket, 'connect');
  socket.write(`${name}\n`);
  return { socket, got: () => got };
}
