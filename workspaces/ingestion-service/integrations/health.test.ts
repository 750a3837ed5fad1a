import { describeHealth, watchProducer } from './health.ts';

const clock = { now: () => new Date('2030-01-31T09:00:00.123Z') };
const well = { notReady: async () => undefined };
const producer = (send: () => Promise<void>) => watchProducer({ send, close: async () => undefined });

describe('what GET /health tells', () => {
  it.each([
    ['event-dispatch', 'ok'],
    ['health-alerts', 'OK'],
  ] as const)('has the status of %s: %s', async (format, status) => {
    const health = describeHealth({ database: well, producer: producer(async () => undefined), clock, format });
    expect(await health()).toEqual({
      status,
      timestamp: '2030-01-31 09:00:00.123000',
      dependencies: { mongodb: 'ok', kafka: 'ok' },
    });
  });

  it('is what became of the last message to Kafka', async () => {
    let up = false;
    const watched = producer(() => (up ? Promise.resolve() : Promise.reject(new Error('no broker'))));
    const health = describeHealth({ database: well, producer: watched, clock, format: 'event-dispatch' });
    await expect(watched.send([])).rejects.toThrow('no broker');
    expect((await health()).dependencies).toEqual({ mongodb: 'ok', kafka: 'unavailable' });
    up = true;
    await watched.send([]);
    expect((await health()).dependencies).toEqual({ mongodb: 'ok', kafka: 'ok' });
  });

  it.each([
    ['says so', async () => 'MongoDB does not answer at mongodb://admin:hunter2@db'],
    ['fails', () => Promise.reject(new Error('hunter2'))],
    ['does not answer at all', () => new Promise<undefined>(() => undefined)],
  ])('is that MongoDB is unavailable when it %s, and nothing of its address', async (_how, notReady) => {
    const kafka = producer(async () => undefined);
    const health = describeHealth({ database: { notReady }, producer: kafka, clock, format: 'event-dispatch' });
    expect((await health()).dependencies).toEqual({ mongodb: 'unavailable', kafka: 'ok' });
  });
});
