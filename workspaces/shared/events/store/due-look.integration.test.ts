import { QUEUES } from '../channels.ts';
import { PUBLISH_GRACE_MS } from '../event-request.ts';
import { findDueQueues, findDueStatuses } from './due.ts';
import { after, now, OPEN, type ProfiledStore, profiledStore } from './profiled-store-in-test.ts';

let store: ProfiledStore;

beforeAll(async () => {
  store = await profiledStore('due-look');
});
afterAll(() => store.close());

const ALL = ['SCHEDULED', 'RETRYING', 'PROCESSING', 'SENT', 'FAILED', 'DEAD_LETTERED'] as const;

describe(`where ${OPEN} events of each status wait`, () => {
  it('those statuses are named that have an event that is due, of whichever queue', async () => {
    const { database } = store;
    expect(await findDueStatuses(database, ALL, now)).toEqual(new Set(ALL));
    expect(await findDueStatuses(database, ['SENT', 'COMPLETED'], now)).toEqual(new Set(['SENT']));
    expect(await findDueStatuses(database, ALL, after(-1))).toEqual(new Set());
  });

  it('those queues are named that have an event of a status that is due', async () => {
    const { database } = store;
    expect(await findDueQueues(database, 'QUEUED', now)).toEqual(new Set(QUEUES));
    // Events are a millisecond apart, of all queues in turn.
    const second = after(PUBLISH_GRACE_MS + 1);
    expect(await findDueQueues(database, 'QUEUED', second)).toEqual(new Set(QUEUES.slice(0, 2)));
    expect(await findDueQueues(database, 'RETRYING', now)).toEqual(new Set(['retry']));
    expect(await findDueQueues(database, 'QUEUED', after(-1))).toEqual(new Set());
  });

  it('each look is a few seeks in the index, and no document is read', async () => {
    const looks = [
      () => findDueStatuses(store.database, ALL, now),
      () => findDueStatuses(store.database, ALL, after(-1)),
      () => findDueQueues(store.database, 'QUEUED', now),
    ];
    for (const look of looks) {
      const [operation, ...more] = await store.profiled(look);
      expect(more).toEqual([]);
      expect(operation).toMatchObject({ planSummary: expect.stringMatching(/^DISTINCT_SCAN/), docsExamined: 0 });
      // Of each status, and of each of its queues, one key and the one behind it.
      expect(operation?.keysExamined).toBeLessThanOrEqual(2 * ALL.length * 3);
    }
  });
});
