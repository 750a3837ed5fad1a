import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { until } from '../../system/until.ts';
import { connectAs } from '../network/client-in-test.ts';
import { TcpProxy } from '../network/tcp-proxy.ts';
import { SendLedger } from './sends.ts';

let server: Server;
let proxy: TcpProxy;
let ledger: SendLedger;
let arrived = '';

/** Answers each line. */
beforeEach(async () => {
  arrived = '';
  ledger = new SendLedger();
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      arrived += chunk.toString();
      socket.write('ok\n'.repeat(chunk.toString().split('\n').length - 1));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = new TcpProxy((server.address() as { port: number }).port, ledger.watch);
  await proxy.listen();
});
afterEach(() => {
  proxy.refuse();
  server.close();
});

const client = (name: string) => connectAs(name, proxy);

it('tells who sent what, and that it was answered', async () => {
  const before = Date.now();
  const [one, two] = [await client('default-1'), await client('retry-2')];
  one.socket.write('subject: chaos-7-1\n');
  await until('the first answer', () => one.got() === 'ok\n');
  two.socket.write('{"key":"chaos-7-2"}\n');
  await until('the second answer', () => two.got() === 'ok\n');
  expect(ledger.records).toEqual([
    { name: 'chaos-7-1', by: 'default-1', at: expect.any(Number), answeredAt: expect.any(Number) },
    { name: 'chaos-7-2', by: 'retry-2', at: expect.any(Number), answeredAt: expect.any(Number) },
  ]);
  for (const { at, answeredAt = 0 } of ledger.records) {
    expect(at).toBeGreaterThanOrEqual(before);
    expect(answeredAt).toBeGreaterThanOrEqual(at);
  }
});

it('does not call answered what the provider answered and nobody heard', async () => {
  const { socket, got } = await client('default-1');
  proxy.set('default-1', 'no-answer');
  socket.write('chaos-7-1\n');
  await until('the send', () => arrived === 'chaos-7-1\n');
  const next = await client('default-2');
  next.socket.write('chaos-7-2\n');
  await until('the answer', () => next.got() === 'ok\n');
  expect(got()).toBe('');
  expect(ledger.records.map(({ name, answeredAt }) => [name, answeredAt !== undefined])).toEqual([
    ['chaos-7-1', false],
    ['chaos-7-2', true],
  ]);
});
