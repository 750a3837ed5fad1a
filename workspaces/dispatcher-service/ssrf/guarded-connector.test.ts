import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, request } from 'undici';
import { type AddressRange, createAddressGuard } from './address-guard.ts';
import { guardedConnector } from './guarded-connector.ts';
import type { ResolveHost } from './resolve-host.ts';

const LOOPBACK = [ipaddr.parseCIDR('127.0.0.0/8')];
let server: Server;
let port: number;
let connections: number;
const agents: Agent[] = [];

beforeAll(async () => {
  server = createServer((request, response) => response.end(request.headers.host));
  server.on('connection', () => {
    connections += 1;
  });
  // Both families where there are two, so that IPv6 literals have something to hit.
  await new Promise<void>((resolve) => server.listen(0, () => resolve()));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  connections = 0;
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function agentFor(allowed: AddressRange[], resolve: ResolveHost): Agent {
  const agent = new Agent({ connect: guardedConnector(createAddressGuard(allowed), resolve, 2_000) });
  agents.push(agent);
  return agent;
}

describe.each([
  ['decimal', '2130706433'],
  ['hexadecimal', '0x7f000001'],
  ['hexadecimal parts', '0x7f.0.0.0x1'],
  ['octal', '0177.0.0.1'],
  ['short', '127.1'],
  ['full-width digits', '１２７.0.0.1'],
  ['trailing dot', '127.0.0.1.'],
  ['unspecified', '0.0.0.0'],
  ['zero', '0'],
  ['IPv6 loopback', '[::1]'],
  ['IPv6 unspecified', '[::]'],
  ['mapped', '[::ffff:127.0.0.1]'],
  ['mapped, hexadecimal', '[::ffff:7f00:1]'],
  ['compatible', '[::127.0.0.1]'],
  ['NAT64', '[64:ff9b::7f00:1]'],
  ['6to4', '[2002:7f00:1::]'],
  ['name', 'localhost'],
  ['name with a trailing dot', 'localhost.'],
  ['name in capitals', 'LOCALHOST'],
  ['metadata service', '169.254.169.254'],
  ['metadata service of Azure', '168.63.129.16'],
  ['private network', '10.0.0.1'],
])('loopback and private addresses written as %s', (_name, host) => {
  test(`http://${host}/ is refused before a connection`, async () => {
    // Asked for names only; what is written as an address must be refused without it.
    const dispatcher = agentFor([], async () => ['127.0.0.1']);
    await expect(request(`http://${host}:${port}/`, { dispatcher })).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
    expect(connections).toBe(0);
  });
});

describe('names', () => {
  test.each([
    ['private', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['mapped loopback', ['::ffff:127.0.0.1']],
    ['public first, private second', ['93.184.215.14', '192.168.0.1']],
    ['public IPv4, link-local IPv6', ['93.184.215.14', 'fe80::1']],
  ])('a name that resolves to %s is refused', async (_name, addresses) => {
    const dispatcher = agentFor([], async () => addresses);
    await expect(request(`http://hooks.example:${port}/`, { dispatcher })).rejects.toMatchObject({
      code: 'BLOCKED_ADDRESS',
    });
    expect(connections).toBe(0);
  });

  test('the connection goes to the very addresses that were checked', async () => {
    const asked: string[] = [];
    const dispatcher = agentFor(LOOPBACK, async (hostname) => {
      asked.push(hostname);
      return ['127.0.0.1'];
    });
    const response = await request(`http://hooks.example:${port}/`, { dispatcher });
    expect(await response.body.text()).toBe(`hooks.example:${port}`);
    expect(asked).toEqual(['hooks.example']);
  });

  test('a name that changes its address between two connections is checked at the second one, too', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const dispatcher = agentFor(LOOPBACK, async () => answers.shift() ?? []);
    const headers = { connection: 'close' };
    await (await request(`http://hooks.example:${port}/`, { dispatcher, reset: true, headers })).body.dump();
    await expect(request(`http://hooks.example:${port}/`, { dispatcher })).rejects.toMatchObject({
      code: 'BLOCKED_ADDRESS',
    });
  });

  test('a name without an address is an error of the connection', async () => {
    const dispatcher = agentFor([], () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' })));
    await expect(request(`http://hooks.example:${port}/`, { dispatcher })).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

test('the allow-list opens what it names', async () => {
  const response = await request(`http://2130706433:${port}/`, { dispatcher: agentFor(LOOPBACK, async () => []) });
  expect(response.statusCode).toBe(200);
  await response.body.dump();
});
