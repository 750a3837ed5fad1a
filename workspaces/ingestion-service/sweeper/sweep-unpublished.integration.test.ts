import { until } from '../../../e2e/system/until.ts';
import { idsOf, type SweepersInTest, sweepersInTest } from './sweepers-in-test.ts';

let stage: SweepersInTest;

beforeAll(async () => {
  stage = await sweepersInTest();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

describe('an event whose message is missing', () => {
  it('is published though 3,000 events of another queue wait in Kafka, and due for longer', async () => {
    const { look, orphans, publish, dispatch, swept, messagesOf, pass } = stage;
    await publish(await orphans(3_000, 'default'));
    pass(1);
    const orphan = await orphans(1, 'critical');
    pass(6_000);
    await look();

    expect(await swept()).toEqual(idsOf(orphan));
    await dispatch('critical', orphan);
    expect(await messagesOf('default')).toBe(3_000);
  });

  it('is found among the events of its own queue that wait, as soon as those before it are dispatched', async () => {
    const { look, orphans, publish, dispatch, swept, messagesOf, pass } = stage;
    const events = await orphans(1_500, 'default', 100);
    const missing = events.filter((_, n) => n % 100 === 50);
    const sent = events.filter((event) => !missing.includes(event));
    await publish(sent);
    pass(6_000);
    await look();
    expect(await swept()).toEqual([]);

    const middle = events[750]?.createdAt ?? new Date(0);
    await dispatch(
      'default',
      sent.filter(({ createdAt }) => createdAt < middle),
    );
    await look();
    // Known as missing are those for which dispatchers are 5 s further on: the 8th, at 75 s, is not yet.
    expect(await swept()).toEqual(idsOf(missing.slice(0, 7)));
    expect(await messagesOf('default')).toBe(sent.length + 7);

    await dispatch('default', [...sent.filter(({ createdAt }) => createdAt >= middle), ...missing.slice(0, 7)]);
    await look();
    expect(await swept()).toEqual(idsOf(missing.slice(7)));
    expect(await messagesOf('default')).toBe(1_500);
  });

  it('is published by one of two sweepers, and there are more than one look can take', async () => {
    const { look, orphans, dispatch, swept, messagesOf, pass, sweepers } = stage;
    const events = await orphans(2_500, 'retry');
    pass(6_000);
    const looks: boolean[][] = [];
    while (looks.length < 10 && !looks.at(-1)?.every((more) => !more))
      looks.push(await Promise.all(sweepers.map((parts) => look(parts))));

    expect(looks[0]).toContain(true);
    expect(await swept()).toEqual(idsOf(events));
    expect(await messagesOf('retry')).toBe(2_500);
    await dispatch('retry', events);
  });

  it('is published again when the second message is lost as well, but not before that one had its time', async () => {
    const { look, orphans, messagesOf, loseMessages, pass } = stage;
    await orphans(1, 'critical');
    pass(6_000);
    await look();
    // Kafka takes the message and loses it.
    await loseMessages('critical');
    pass(29_999);
    await look();
    expect(await messagesOf('critical')).toBe(1);
    pass(1);
    await look();
    expect(await messagesOf('critical')).toBe(2);
  });
});

describe('a backlog that merely waits', () => {
  it('is not published again, however long it waits, nor while it is at work', async () => {
    const { look, orphans, publish, swept, messagesOf, pass, sweepers, startDispatcher } = stage;
    const events = await orphans(100, 'default');
    await publish(events);
    for (const ms of [6_000, 60_000, 1_800_000]) {
      pass(ms);
      await Promise.all(sweepers.map((parts) => look(parts)));
    }
    // One of them is finished, the others are at work.
    const { arrived, close } = await startDispatcher('default', events.slice(0, 1));
    await until('the first', () => arrived.size === 1);
    await look();
    await close();
    await look();

    expect(await messagesOf('default')).toBe(100);
    expect(await swept()).toEqual([]);
  });
});
