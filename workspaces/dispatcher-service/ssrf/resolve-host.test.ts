import { createResolveHost } from './resolve-host.ts';

const resolve = createResolveHost();

test('a name of the hosts file is found', async () => {
  const addresses = await resolve('localhost');
  expect(addresses.length).toBeGreaterThan(0);
  for (const address of addresses) expect(['127.0.0.1', '::1']).toContain(address);
});

test('a name that does not exist is an error', async () => {
  // RFC 6761: nobody can register it.
  await expect(resolve('postrider.invalid')).rejects.toMatchObject({ code: expect.any(String) });
});
