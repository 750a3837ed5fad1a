import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { until } from '../../../e2e/system/until.ts';
import { idsOf, type SweepersInTest, sweepersInTest } from './sweepers-in-test.ts';

let stage: SweepersInTest;

beforeAll(async () => {
  stage = await sweepersInTest();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

describe('a topic that is deleted and created again', () => {
  it.each([
    { what: 'are gone with it', commits: [] },
    { what: 'came once more, from a dispatcher that was slow', commits: ['10', '10'] },
  ])('loses nothing when the commits of its group $what', async ({ commits }) => {
    const { look, orphans, publish, dispatch, swept, recreateTopic, pass, startDispatcher, database } = stage;
    const events = await orphans(50, 'default');
    await publish(events);
    await dispatch('default', events.slice(0, 20));

    pass(6_000);

    await recreateTopic('default', commits, async () => {
      await expect(look()).rejects.toThrow('does not host this topic');
      expect(await swept()).toEqual([]);
    });
    await until('the new topic to be seen', async () => {
      await look();
      return (await swept()).length === 30;
    });

    // Offsets before the late commit are never brought: their events are missing once more.
    const { close } = await startDispatcher('default', events);
    await until('all to be dispatched', async () => {
      pass(30_000);
      await look();
      return (await database.events.countDocuments({ status: 'QUEUED' })) === 0;
    });
    await close();
  });
});

describe('without Kafka', () => {
  let nowhere: string[];

  beforeAll(async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    nowhere = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
    server.close();
    await once(server, 'close');
  });

  it('a look fails and changes nothing; the next one with Kafka publishes', async () => {
    const { look, orphans, swept, messagesOf, pass, sweeper, database } = stage;
    const before = await orphans(10, 'critical');
    pass(6_000);
    const cut = sweeper(nowhere);
    await expect(look(cut)).rejects.toThrow('ECONNREFUSED');
    await Promise.all([cut.producer.close(), cut.probe.close()]);
    expect(await database.events.find().toArray()).toEqual(before);

    await look();
    expect(await swept()).toEqual(idsOf(before));
    expect(await messagesOf('critical')).toBe(10);
  });

  it('that goes in the middle of a look, the events are published by a later one', async () => {
    const { look, orphans, dispatch, messagesOf, pass, sweepers, sweeper } = stage;
    const events = await orphans(10, 'critical');
    pass(6_000);
    const cut = sweeper(nowhere);
    await expect(look({ ...cut, probe: sweepers[0].probe })).rejects.toThrow('ECONNREFUSED');
    await Promise.all([cut.producer.close(), cut.probe.close()]);
    expect(await messagesOf('critical')).toBe(0);

    pass(30_000);
    await look();
    expect(await messagesOf('critical')).toBe(10);
    await dispatch('critical', events);
  });
});
