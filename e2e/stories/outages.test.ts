import { type Line, openLine } from '@postrider/shared/service/line-in-test.ts';
import { startKafka, startMongo } from '../../scripts/local/infrastructure.ts';
import type { Server } from '../../scripts/local/server.ts';
import { freePort } from '../system/service-process.ts';
import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let kafka: Server;
let mongo: Server;
let toMongo: Line;
let system: System;
const OUTAGE_MS = 20_000;

// A broker and a database of its own: the other tests need theirs.
beforeAll(async () => {
  const options = { name: 'outages', fresh: true, log: () => undefined };
  [kafka, mongo] = await Promise.all([
    startKafka({ ...options, port: await freePort() }),
    startMongo({ ...options, port: await freePort() }),
  ]);
  const [host = '', port] = mongo.address.split(':');
  toMongo = await openLine({ host, port: Number(port) });
  system = await startSystem({
    name: 'outages',
    kafkaBrokers: kafka.address,
    mongodbUri: `mongodb://127.0.0.1:${toMongo.port}/?directConnection=true`,
    instances: { critical: 1 },
  });
}, 180_000);
afterAll(async () => {
  await system.stop();
  await toMongo.close();
  await Promise.all([kafka.stop({ discard: true }), mongo.stop({ discard: true })]);
}, 60_000);

const event = (n: number) => ({
  channel: 'webhook',
  payload: { url: system.sandbox.webhook('outage'), body: { n } },
  eventId: `outage-${n}`,
});

it('Kafka away for 20 s: events are accepted all the same, and delivered once it is back', async () => {
  const before = await system.client.accept(event(1));
  await system.client.eventually(before, 'COMPLETED');

  await kafka.kill();
  const down = Date.now();
  const ids: string[] = [];
  for (let n = 100; Date.now() - down < OUTAGE_MS; n += 1) {
    ids.push(await system.client.accept(event(n)));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect((await system.client.event(ids[0] ?? '')).status).toBe('QUEUED');
  await kafka.start();

  for (const id of ids) await system.client.eventually(id, 'COMPLETED', 60_000);
  await revive();
}, 180_000);

it('Kafka silent while a dispatcher stops: it records what it sent and ends in order all the same', async () => {
  const url = system.sandbox.webhook('slow-2000/stop');
  const id = await system.client.accept({ channel: 'webhook', payload: { url, body: {} } });
  await until('the event to be sent', async () => (await system.client.event(id)).status === 'PROCESSING');
  // A container has no process of this machine: there Kafka is killed.
  const { pid } = kafka;
  await (pid ? process.kill(pid, 'SIGSTOP') : kafka.kill());

  expect(await system.service('default').stop()).toBe(0);
  expect(await system.client.event(id)).toMatchObject({ status: 'COMPLETED', attempts: [{ outcome: 'delivered' }] });

  await (pid ? process.kill(pid, 'SIGCONT') : kafka.start());
  await system.service('default').start();
  await revive();
}, 180_000);

it('MongoDB away for 20 s: 503 with Retry-After and nothing half-done, then as before', async () => {
  await mongo.kill();
  const down = Date.now();
  const refused = [];
  for (let n = 200; Date.now() - down < OUTAGE_MS; n += 1) {
    refused.push(await system.client.post('/v1/events', event(n)));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await mongo.start();

  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
  expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(refused[0]?.body).toMatchObject({ code: 'unavailable' });
  // The client tries again under the same id, as it was told to.
  const id = await until('the event to be accepted', async () => {
    const { status, body } = await system.client.post<{ id: string }>('/v1/events', event(200));
    return status === 202 && body.id;
  });
  await system.client.eventually(id, 'COMPLETED', 60_000);
  await revive();
  const arrivals = (await system.sandbox.received({ channel: 'webhook' })).filter((arrival) => arrival.id === id);
  expect(arrivals).toHaveLength(1);
}, 180_000);

it('MongoDB silent under large requests: every one is answered, and the next are taken once it speaks again', async () => {
  const large = (n: number) => ({
    ...event(n),
    payload: { url: system.sandbox.webhook('outage'), body: 'x'.repeat(200_000) },
  });
  const post = (from: number) =>
    Promise.all(
      Array.from({ length: 60 }, (_, n) => system.client.post<{ id: string }>('/v1/events', large(from + n))),
    );
  toMongo.stall();
  const silent = await post(300);
  expect(new Set(silent.map(({ status }) => status))).toEqual(new Set([503]));

  toMongo.resume();
  await until('an event to be accepted', async () => {
    const { status } = await system.client.post('/v1/events', event(400));
    return status < 300;
  });
  const spoken = await post(300);
  expect(new Set(spoken.map(({ status }) => Math.floor(status / 100)))).toEqual(new Set([2]));
  for (const { body } of spoken) await system.client.eventually(body.id, 'COMPLETED', 60_000);
}, 180_000);

/** What a supervisor does: a process that ended is started again. */
async function revive(): Promise<void> {
  for (const service of system.services.values()) {
    if (!service.running) await service.start();
    await service.ready();
  }
}
