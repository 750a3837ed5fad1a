import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, requireFree } from './ports.ts';

it('every busy port is named at once, with its use and its process', async () => {
  const [first, second] = [createServer().listen(0, '0.0.0.0'), createServer().listen(0, '::')];
  await Promise.all([once(first, 'listening'), once(second, 'listening')]);
  const ports = [first, second].map((server) => (server.address() as { port: number }).port);
  const uses = [...ports, await freePort()].map((port) => ({ port, use: `service ${port}` }));

  const fault = await requireFree(uses).then(
    () => '',
    (error: Error) => error.message,
  );

  expect(fault.split('\n')).toEqual(
    ports.map((port) => expect.stringContaining(`Port ${port}, which service ${port} needs, is in use by`)),
  );
  expect(fault.match(new RegExp(`\\(pid ${process.pid}\\)`, 'g'))).toHaveLength(2);
  first.close();
  second.close();
});
