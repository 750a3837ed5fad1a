import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../system/until.ts';
import { connectAs } from './client-in-test.ts';
import { TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
let arrived = '';

/** Answers what it gets, in capitals. */
beforeEach(async () => {
  arrived = '';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      arrived += chunk.toString();
      socket.write(chunk.toString().toUpperCase());
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = new TcpProxy((server.address() as { port: number }).port);
  await proxy.listen();
});
afterEach(async () => {
  proxy.refuse();
  server.close();
});

const client = (name: string) => connectAs(name, proxy);

it('passes what comes, without the name', async () => {
  const { socket, got } = await client('one');
  socket.write('hello');
  await until('the answer', () => got() === 'HELLO');
  expect(arrived).toBe('hello');
});

it('cuts one client and not another, and lets it come back', async () => {
  const [one, two] = [await client('one'), await client('two')];
  one.socket.write('a');
  two.socket.write('b');
  await until('both to be served', () => one.got() === 'A' && two.got() === 'B');
  proxy.set('one', 'cut');
  await once(one.socket, 'close');
  two.socket.write('c');
  await until('the other to go on', () => two.got() === 'BC');
  const refused = await client('one');
  await once(refused.socket, 'close');
  proxy.set('one', 'pass');
  const again = await client('one');
  again.socket.write('d');
  await until('it to be served again', () => again.got() === 'D');
});

it.each([
  ['hold', '', ''],
  ['no-send', '', ''],
  ['no-answer', 'a', ''],
] as const)('%s keeps back what it should, until it heals', async (mode, there, back) => {
  const { socket, got } = await client('one');
  proxy.set('one', mode);
  socket.write('a');
  await pause(200);
  expect([arrived, got()]).toEqual([there, back]);
  proxy.set('one', 'pass');
  await until('all to arrive', () => arrived === 'a' && got() === 'A');
});

it('is slow, and keeps the order', async () => {
  const { socket, got } = await client('one');
  proxy.set('one', 'slow');
  const begun = performance.now();
  for (const letter of 'abcdef') {
    socket.write(letter);
    await pause(5);
  }
  proxy.set('one', 'pass');
  socket.write('g');
  await until('all to arrive', () => got() === 'ABCDEFG');
  expect(performance.now() - begun).toBeGreaterThan(450);
});

it('drips: answers come a few bytes at a time, and whole', async () => {
  const { socket, got } = await client('one');
  proxy.set('one', 'drip');
  socket.write('a'.repeat(40));
  await until('a part of the answer', () => got() === 'A'.repeat(16));
  await until('all of it', () => got() === 'A'.repeat(40));
});

it('shows what a client sends when it sends it, whoever holds it up', async () => {
  const seen: string[] = [];
  const watched = new TcpProxy(proxy.target, (name) => ({
    sent: (chunk) => seen.push(`${name} ${chunk.toString()}`),
    answered: () => undefined,
  }));
  await watched.listen();
  try {
    watched.set('one', 'hold');
    const socket = connect(watched.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('one\n');
    socket.write('hello');
    await until('it to be seen', () => seen.join('').includes('hello'));
    expect(arrived).toBe('');
  } finally {
    watched.refuse();
  }
});

it('refuses connections while its server is dead, and takes them on the same port after it', async () => {
  const { port } = proxy;
  proxy.refuse();
  const socket = connect(port, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  await proxy.listen();
  expect(proxy.port).toBe(port);
  await client('one');
});
