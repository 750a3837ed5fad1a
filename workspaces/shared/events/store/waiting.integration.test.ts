import { insertEvents } from './acceptance.ts';
import type { Database } from './database.ts';
import { claim } from './dispatch.ts';
import { openStore, webhookAt } from './store-in-test.ts';
import { isAnyWaiting } from './waiting.ts';

const now = new Date('2030-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);

let database: Database;
beforeAll(async () => {
  database = await openStore('waiting');
});
beforeEach(() => database.events.deleteMany({}));
afterAll(() => database.close());

describe('whether critical events wait', () => {
  it('is so from when one is stored until it is claimed', async () => {
    expect(await isAnyWaiting(database, 'critical', later(-60_000))).toBe(false);
    const event = webhookAt(now, { priority: 'critical', queue: 'critical' });
    await insertEvents(database, [event]);
    expect(await isAnyWaiting(database, 'critical', later(-60_000))).toBe(true);
    await claim(database, [event._id], 'token', later(5), later(60_000));
    expect(await isAnyWaiting(database, 'critical', later(-60_000))).toBe(false);
  });

  it('is not so where only those of other queues wait, or critical ones for longer than is asked for', async () => {
    await insertEvents(database, [
      webhookAt(now),
      webhookAt(now, { queue: 'retry' }),
      webhookAt(later(-60_001), { priority: 'critical', queue: 'critical' }),
    ]);
    expect(await isAnyWaiting(database, 'critical', later(-60_000))).toBe(false);
    expect(await isAnyWaiting(database, 'critical', later(-60_001))).toBe(true);
  });
});
