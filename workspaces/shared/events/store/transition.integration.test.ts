import { type EventDocument, HISTORY_LIMIT } from '../event.ts';
import type { Database } from './database.ts';
import { claim, defer } from './dispatch.ts';
import { takeDue } from './due.ts';
import { openStore, webhookAt } from './store-in-test.ts';
import { changeStatus } from './transition.ts';

const start = new Date('2030-01-01T00:00:00Z');

let database: Database;
let now = start;

beforeAll(async () => {
  database = await openStore('transition');
});
afterAll(() => database.close());

async function queued(): Promise<string> {
  const event = webhookAt(start);
  await database.events.insertOne(event);
  return event._id;
}

const stored = (id: string): Promise<EventDocument | null> => database.events.findOne({ _id: id });

describe('a history', () => {
  it('keeps the last transitions and never more than its limit, however often an event is put off', async () => {
    const id = await queued();
    const pass = (): Date => (now = new Date(now.getTime() + 1_000));
    // Claimed, put off, due again: three transitions a round.
    const rounds = Math.ceil(HISTORY_LIMIT / 3) + 20;
    for (let former = 0; former < rounds; former += 1) {
      await defer(database, await claim(database, [id], `claim ${former}`, pass(), now), pass(), now, 'circuit_open');
      await takeDue(database, 'RETRYING', pass(), 1, `due ${former}`);
      expect((await stored(id))?.history.length).toBe(Math.min(1 + 3 * (former + 1), HISTORY_LIMIT));
    }

    const event = await stored(id);
    expect(event).toMatchObject({ status: 'QUEUED', deferrals: rounds, attempts: 0 });
    expect(event?.history.slice(-3)).toEqual([
      { status: 'PROCESSING', at: new Date(now.getTime() - 2_000) },
      { status: 'RETRYING', at: new Date(now.getTime() - 1_000), reason: 'circuit_open' },
      { status: 'QUEUED', at: now },
    ]);
  });
});

describe('a transition', () => {
  it('that is not in the status machine is a bug, and writes nothing', async () => {
    const id = await queued();
    const change = () =>
      changeStatus(database.events, [id], { from: 'QUEUED', to: 'COMPLETED', at: start, dueAt: 'never' });
    await expect(change()).rejects.toThrow('there is no transition QUEUED -> COMPLETED');
    expect(await stored(id)).toMatchObject({ status: 'QUEUED', history: [{ status: 'QUEUED' }] });
  });
});
