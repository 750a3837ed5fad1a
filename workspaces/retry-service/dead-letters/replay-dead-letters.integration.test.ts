import { replay } from '@postrider/shared/events/store/dead-letters.ts';
import { findReplay, startBatch, stopReplay, takeReplay } from '@postrider/shared/events/store/replays.ts';
import { replayNextBatch } from './replay-dead-letters.ts';
import { replaysInTest, replaysOf } from './replay-in-test.ts';

const LEASE_MS = 15_000;
const replays = await replaysInTest('replay');
const { database, parts, now, pass, deadLetters, asked, work, stored, failAgain } = replays;
beforeEach(() => replays.empty());
afterAll(() => replays.close());

describe('a replay', () => {
  it('puts back what it was asked for, for the retry dispatchers and with its attempts counted anew', async () => {
    const ids = await deadLetters(5);
    const { _id } = await asked({ filter: { ids: ids.slice(0, 3) } });
    await work();

    expect(await findReplay(database, _id)).toMatchObject({
      status: 'COMPLETED',
      replayed: 3,
      skipped: 0,
      pending: [],
    });
    for (const event of await stored(ids.slice(0, 3))) {
      expect(event).toMatchObject({ status: 'QUEUED', queue: 'retry', attempts: 3, tries: 0, lastReplayId: _id });
      expect(event).not.toHaveProperty('deadLetter');
      // The operator wants it sent, though its time is over.
      expect(event).not.toHaveProperty('expiresAt');
      expect(event.history.at(-1)).toMatchObject({ status: 'QUEUED', reason: `replay ${_id}`, by: 'operator' });
    }
    expect((await stored(ids.slice(3))).map(({ status }) => status)).toEqual(['DEAD_LETTERED', 'DEAD_LETTERED']);
  });

  it('keeps its rate, and of two instances one works on a batch', async () => {
    const ids = await deadLetters(6);
    const { _id } = await asked({ ratePerSecond: 8 });
    expect(await Promise.all([replayNextBatch(parts), replayNextBatch(parts)])).toContain(false);
    expect(await findReplay(database, _id)).toMatchObject({ replayed: 2 });
    pass(249);
    expect(await replayNextBatch(parts)).toBe(false);
    pass(1);
    expect(await replayNextBatch(parts)).toBe(true);
    expect(await findReplay(database, _id)).toMatchObject({ replayed: 4 });
    expect((await stored(ids)).map(replaysOf).reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  it('takes no event a second time that has become a dead letter again', async () => {
    const ids = await deadLetters(4);
    const { _id } = await asked();
    await replayNextBatch(parts);
    await failAgain(ids[0] ?? '');

    await work();
    expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 4, skipped: 0 });
    const events = await stored(ids);
    expect(events.map(replaysOf)).toEqual([1, 1, 1, 1]);
    expect(events.map(({ status }) => status)).toEqual(['DEAD_LETTERED', 'QUEUED', 'QUEUED', 'QUEUED']);
  });

  it('skips what another replay has put back meanwhile', async () => {
    const ids = await deadLetters(2);
    const { _id } = await asked();
    const taken = await takeReplay(database, now());
    await (taken && startBatch(database, taken, ids, { at: now(), id: ids[1] ?? '' }));
    await replay(database, ids.slice(0, 1), { replayId: 'another', by: 'operator', at: now() }, now());
    pass(LEASE_MS);
    await work();
    expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 1, skipped: 1 });
  });

  it('can be stopped: the rest stays as it is, and nobody goes on with it', async () => {
    const ids = await deadLetters(6);
    const { _id } = await asked();
    await replayNextBatch(parts);
    expect(await stopReplay(database, _id, now())).toMatchObject({ status: 'STOPPED', finishedAt: now(), replayed: 2 });
    pass(LEASE_MS);
    expect(await replayNextBatch(parts)).toBe(false);
    expect(await findReplay(database, _id)).toMatchObject({ status: 'STOPPED', replayed: 2 });
    expect((await stored(ids)).map(replaysOf)).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('that has reached its limit reads no further dead letters', async () => {
    await deadLetters(50);
    const { _id } = await asked({ limit: 2 });
    const { db } = database.models.event.db;
    await db?.command({ profile: 2 });
    await work();
    await db?.command({ profile: 0 });

    expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 2 });
    const read = await db
      ?.collection('system.profile')
      .find({ op: 'query', nreturned: { $gt: 2 } })
      .toArray();
    expect(read).toEqual([]);
  });
});
