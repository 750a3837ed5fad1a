import { markTold, takeUntold, type Untold } from './followed-events.ts';
import { expectIndexed, FINISHED, now, type ProfiledStore, profiledStore } from './profiled-store-in-test.ts';

let store: ProfiledStore;

beforeAll(async () => {
  store = await profiledStore('followed-events');
});
afterAll(() => store.close());

describe(`beside ${FINISHED} finished events that nobody follows`, () => {
  it('those of which nothing is untold are not looked at', async () => {
    const { events } = store.database;
    await events.updateMany({ status: 'COMPLETED' }, { $set: { tellAt: now } });
    await events.updateMany(
      { _id: { $in: store.ids('COMPLETED') } },
      { $set: { followed: true }, $unset: { tellAt: '' } },
    );
    const operations = await store.profiled(() => takeUntold(store.database, now, 50, 'token'));
    expect(operations).toHaveLength(1);
    expectIndexed(operations, 0);
  });

  it('those with changes to tell are taken and told without looking at others', async () => {
    const { events } = store.database;
    const ids = store.ids('COMPLETED', 100, 150);
    await events.updateMany({ _id: { $in: ids } }, { $set: { followed: true, tellAt: now } });
    let untold: Untold | undefined;
    const taking = await store.profiled(async () => {
      untold = await takeUntold(store.database, now, 50, 'token');
    });
    expectIndexed(taking, 50);
    expect(untold?.events.map(({ _id }) => _id).toSorted()).toEqual(ids.toSorted());
    const marking = await store.profiled(() => markTold(store.database, untold as Untold, 'token', now));
    expectIndexed(marking, 50);
    expect(await events.countDocuments({ followed: true, tellAt: { $exists: true } })).toBe(0);
  });
});
