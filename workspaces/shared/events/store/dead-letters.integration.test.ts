import { randomUUID } from 'node:crypto';
import type { EventDocument } from '../event.ts';
import type { DeadLetterFilter, DeadLetterPosition } from '../replay.ts';
import type { Database } from './database.ts';
import { countDeadLetters, type DeadLetterPage, findDeadLetters } from './dead-letters.ts';
import { findUnannounced, markAnnounced } from './decisions.ts';
import { openStore, webhookAt } from './store-in-test.ts';

const start = new Date('2030-01-01T00:00:00Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);

let database: Database;

beforeAll(async () => {
  database = await openStore('dead-letters');
});
beforeEach(async () => {
  await database.events.deleteMany({});
});
afterAll(() => database.close());

/** Dead letters of one moment, already announced; answers their ids. */
async function deadLetters(count: number, at: Date, more: Partial<EventDocument> = {}): Promise<string[]> {
  const events = Array.from({ length: count }, (): EventDocument => {
    const { dueAt, ...event } = webhookAt(start);
    return { ...event, status: 'DEAD_LETTERED', deadLetter: { reason: 'exhausted', at }, ...more };
  });
  await database.events.insertMany(events);
  return events.map(({ _id }) => _id);
}

/** All ids in the order of the pages; every page but the last must be full. */
async function pagedThrough(
  order: DeadLetterPage['order'],
  limit: number,
  filter: DeadLetterFilter = {},
): Promise<string[]> {
  const ids: string[] = [];
  let position: DeadLetterPosition | undefined;
  for (;;) {
    const page = await findDeadLetters(database, filter, { order, limit, after: position });
    ids.push(...page.map(({ _id }) => _id));
    if (ids.length > 100) throw new Error('the pages do not end');
    const last = page.at(-1);
    if (page.length < limit || !last?.deadLetter) return ids;
    position = { at: last.deadLetter.at, id: last._id };
  }
}

describe('pages of dead letters', () => {
  it.each(['oldest', 'newest'] as const)(
    'from the %s on miss none and repeat none, though many are of one moment',
    async (order) => {
      const [first, same, last] = [
        await deadLetters(3, start),
        await deadLetters(11, after(1)),
        await deadLetters(2, after(2)),
      ];
      const ids = [first, same, last].flatMap((group) => group.toSorted());
      const expected = order === 'oldest' ? ids : ids.toReversed();
      for (const limit of [1, 4, 16, 17]) expect(await pagedThrough(order, limit)).toEqual(expected);
    },
  );

  it('go on where they were, though dead letters vanish and new ones come between two pages', async () => {
    const ids = (await deadLetters(6, start)).toSorted();
    const [, second] = await findDeadLetters(database, {}, { order: 'oldest', limit: 2 });
    await database.events.deleteMany({ _id: { $in: ids.slice(0, 2) } });
    const later = await deadLetters(1, after(1));

    const position = { at: start, id: second?._id ?? '' };
    const rest = await findDeadLetters(database, {}, { order: 'oldest', limit: 10, after: position });
    expect(rest.map(({ _id }) => _id)).toEqual([...ids.slice(2), ...later]);
  });

  it('hold what is asked for by reason, channel, provider, time and id, and never a payload', async () => {
    const exhausted = await deadLetters(2, start);
    const held = await deadLetters(3, after(10), {
      channel: 'sms',
      provider: 'twilio',
      deadLetter: { reason: 'unknown_outcome', at: after(10) },
    });
    const filters: [DeadLetterFilter, string[]][] = [
      [{ reason: 'unknown_outcome' }, held],
      [{ channel: 'webhook' }, exhausted],
      [{ provider: 'twilio' }, held],
      [{ from: after(10) }, held],
      [{ to: after(10) }, exhausted],
      [{ ids: [exhausted[0] ?? '', held[0] ?? '', randomUUID()] }, [exhausted[0] ?? '', held[0] ?? '']],
      [{ reason: 'exhausted', channel: 'sms' }, []],
    ];
    for (const [filter, ids] of filters) {
      expect((await pagedThrough('oldest', 2, filter)).toSorted()).toEqual(ids.toSorted());
    }
    const [letter] = await findDeadLetters(database, {}, { order: 'oldest', limit: 1 });
    expect(letter).not.toHaveProperty('payload');
    expect(await countDeadLetters(database, {})).toEqual([
      { channel: 'sms', reason: 'unknown_outcome', count: 3 },
      { channel: 'webhook', reason: 'exhausted', count: 2 },
    ]);
  });
});

describe('the mark of an announced dead letter', () => {
  it('is not set on one that was replayed and dead-lettered anew while the announcement was under way', async () => {
    const [id = ''] = await deadLetters(1, start, { dueAt: start });
    expect(await findUnannounced(database, start, 10)).toHaveLength(1);
    await database.events.updateOne(
      { _id: id },
      { $set: { deadLetter: { reason: 'rejected', at: after(5) }, dueAt: after(5) } },
    );

    await markAnnounced(database, [id], start);
    expect(await findUnannounced(database, after(5), 10)).toHaveLength(1);
    await markAnnounced(database, [id], after(5));
    expect(await findUnannounced(database, after(5), 10)).toEqual([]);
  });
});
