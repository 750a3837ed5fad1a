import { startSystem, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ name: 'circuits', instances: { critical: 1 } });
}, 120_000);
afterAll(() => system.stop(), 60_000);

const SOUND = 40;
const FAILING = 60;

async function postBatch(path: string, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, (_, n) => ({
    channel: 'webhook',
    payload: { url: system.sandbox.webhook(path), body: { n } },
  }));
  const { body } = await system.client.post<{ results: { id: string }[] }>('/v1/events/batch', { events });
  return body.results.map(({ id }) => id);
}

async function openCircuits(dispatcher: string): Promise<number> {
  const text = await (await fetch(`${system.service(dispatcher).url}/metrics`)).text();
  return Number(/^postrider_open_circuits\S* (\d+)/m.exec(text)?.[1]);
}

it('a receiver that is well again gets what was put off soon, though most of what is tried again fails by itself', async () => {
  await system.sandbox.behave({ channel: 'webhook', match: 'outage', action: 'fail', status: 503 });
  const failing = await postBatch('fail/outage', FAILING);
  const sound = await postBatch('outage', SOUND);
  await until(
    'the circuits to open',
    async () => (await openCircuits('default')) + (await openCircuits('retry')) === 2,
  );
  await until('sound events to be put off', async () => {
    const events = await Promise.all(sound.map((id) => system.client.event(id)));
    return events.filter(({ history }) => history.some(({ reason }) => reason === 'circuit_open')).length > SOUND / 4;
  });
  await system.sandbox.behaveWell();

  // Which events probe is chance: three for each pause, of up to 45 s, and three of five fail by themselves.
  for (const id of sound) await system.client.eventually(id, 'COMPLETED', 150_000);
  const delivered = await Promise.all(sound.map((id) => system.client.event(id)));
  expect(
    delivered.flatMap(({ attempts }) => attempts).filter(({ errorClass }) => errorClass === 'unavailable'),
  ).toEqual([]);
  const others = await Promise.all(failing.map((id) => system.client.event(id)));
  expect(others.filter(({ status }) => status === 'COMPLETED')).toEqual([]);
}, 240_000);
