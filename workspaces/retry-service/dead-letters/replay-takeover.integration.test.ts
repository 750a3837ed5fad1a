import { findDeadLetters, replay } from '@postrider/shared/events/store/dead-letters.ts';
import { claim } from '@postrider/shared/events/store/dispatch.ts';
import { findReplay, finishBatch, startBatch, takeReplay } from '@postrider/shared/events/store/replays.ts';
import { replayNextBatch } from './replay-dead-letters.ts';
import { replaysInTest, replaysOf } from './replay-in-test.ts';

const LEASE_MS = 15_000;
const replays = await replaysInTest('takeover');
const { database, parts, now, pass, deadLetters, asked, work, stored, failAgain } = replays;
beforeEach(() => replays.empty());
afterAll(() => replays.close());

describe('a replay whose instance', () => {
  it.each(['before it had put its batch back', 'before it had counted its batch'])(
    'died %s is gone on with by another, and each event counts once',
    async (moment) => {
      const ids = await deadLetters(6);
      const { _id, requestedAt } = await asked();
      await replayNextBatch(parts);
      pass(250);
      const taken = await takeReplay(database, now());
      const pending = ids.slice(2, 4);
      const [last] = (await stored(pending)).slice(-1);
      const cursor = { at: last?.deadLetter?.at ?? now(), id: last?._id ?? '' };
      expect(taken && (await startBatch(database, taken, pending, cursor))).toBe(true);
      if (moment.includes('counted')) {
        await replay(database, pending, { replayId: _id, by: 'operator', at: requestedAt }, now());
        // Those of it that have gone on since do not count less.
        await failAgain(pending[0] ?? '');
        await claim(database, pending, 'dispatcher', now(), now());
      }

      // Nobody touches it until the lease of the one that died is over.
      pass(LEASE_MS - 100);
      expect(await replayNextBatch(parts)).toBe(false);
      await work();
      expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 6, skipped: 0 });
      expect((await stored(ids)).map(replaysOf)).toEqual([1, 1, 1, 1, 1, 1]);
    },
  );

  it('was held up counts no batch that another one has worked on', async () => {
    const ids = await deadLetters(4);
    const { _id } = await asked();
    const heldUp = await takeReplay(database, now());
    const batch = await findDeadLetters(database, {}, { order: 'oldest', limit: 2 });
    pass(LEASE_MS);
    await replayNextBatch(parts);

    const last = batch.at(-1);
    const cursor = { at: last?.deadLetter?.at ?? now(), id: last?._id ?? '' };
    expect(heldUp && (await startBatch(database, heldUp, ids.slice(0, 2), cursor))).toBe(false);
    // Nor does it count once more for one that was held up between its work and the counting.
    const counted = await findReplay(database, _id);
    await (heldUp &&
      finishBatch(database, { ...heldUp, pending: ids.slice(0, 2) }, { replayed: 2, skipped: 0 }, now()));
    expect(await findReplay(database, _id)).toEqual(counted);
    await work();
    expect(await findReplay(database, _id)).toMatchObject({ status: 'COMPLETED', replayed: 4, skipped: 0 });
  });
});
