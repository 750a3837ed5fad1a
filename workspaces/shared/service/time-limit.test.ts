import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { withinTime } from './time-limit.ts';

it('what never comes is a failure that says what it was, and what comes in time is passed on as it is', async () => {
  await expect(withinTime('a look', 10, new Promise(() => undefined))).rejects.toThrow('a look took longer than 10 ms');
  await expect(withinTime('a look', 60_000, Promise.resolve('seen'))).resolves.toBe('seen');
  await expect(withinTime('a look', 60_000, Promise.reject(new Error('blind')))).rejects.toThrow('blind');
});

it('what came while this process stood still, and is not read yet, is in time', async () => {
  const server = new Worker(SPEAKS_TWICE, { eval: true });
  const [port] = (await once(server, 'message')) as [number];
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'data');
  const second = once(socket, 'data').then(String);
  const looked = withinTime('a look', 1_000, second);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  await expect(looked).resolves.toBe('second');
  socket.destroy();
  await server.terminate();
});

/** A thread of its own, which goes on while the test's is blocked. */
const SPEAKS_TWICE = `
  const server = require('node:net').createServer((socket) => {
    socket.write('first');
    setTimeout(() => socket.write('second'), 100);
  });
  const { parentPort } = require('node:worker_threads');
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;
