import { RightOfWay } from './right-of-way.ts';

/** A dispatcher whose batches take so long; `waits` is what a look for critical events finds. Answers how long it rested after each. */
function dispatcher(restFactor = 10) {
  let now = 0;
  let waits = false;
  let looks = 0;
  const rests: number[] = [];
  const way = new RightOfWay({
    criticalWaits: async () => {
      looks += 1;
      return waits;
    },
    restFactor,
    now: () => now,
    rested: (seconds) => rests.push(seconds),
  });
  const batch = (events: number, ms: number): Promise<void> =>
    way.giveAfter(events, async () => {
      // The look is answered meanwhile.
      await new Promise(setImmediate);
      now += ms;
    });
  return {
    way,
    batch,
    rests,
    looks: () => looks,
    criticalEventsWait: (now: boolean) => (waits = now),
    pass: (ms: number) => (now += ms),
  };
}

const isResting = async (rest: Promise<void>): Promise<boolean> => {
  const state = await Promise.race([
    rest.then(() => 'over'),
    new Promise((resolve) => setTimeout(resolve, 20, 'resting')),
  ]);
  return state === 'resting';
};

describe('a dispatcher with a backlog of default events', () => {
  it('rests after each batch, ten times as long as it took, while critical events wait', async () => {
    const { batch, criticalEventsWait, rests, way } = dispatcher();
    criticalEventsWait(true);
    const began = performance.now();
    await batch(200, 20);
    expect(performance.now() - began).toBeGreaterThanOrEqual(199);
    expect(rests).toHaveLength(1);
    way.end();
  });

  it('does not rest where none wait', async () => {
    const { batch, rests, looks } = dispatcher();
    await batch(200, 1_000);
    expect([rests.length, looks()]).toEqual([0, 1]);
  });

  it('goes on resting for two seconds after it saw one wait: they come one by one', async () => {
    const { batch, criticalEventsWait, pass, rests } = dispatcher();
    criticalEventsWait(true);
    await batch(200, 1);
    criticalEventsWait(false);
    pass(1_900);
    await batch(200, 1);
    expect(rests).toHaveLength(2);
    pass(200);
    await batch(200, 1);
    expect(rests).toHaveLength(2);
  });

  it('neither looks nor rests where its batches are small, or it is told never to', async () => {
    for (const { batch, criticalEventsWait, rests, looks, events } of [
      { ...dispatcher(), events: 49 },
      { ...dispatcher(0), events: 200 },
    ]) {
      criticalEventsWait(true);
      await batch(events, 10);
      expect([rests.length, looks()]).toEqual([0, 0]);
    }
  });

  it('rests a second at most, and no longer than until its end', async () => {
    const { batch, criticalEventsWait, way } = dispatcher();
    criticalEventsWait(true);
    const rest = batch(200, 60_000);
    expect(await isResting(rest)).toBe(true);
    way.end();
    expect(await isResting(rest)).toBe(false);
    const after = batch(200, 60_000);
    expect(await isResting(after)).toBe(false);
  });

  it('works on when the look fails or hangs, and looks once at a time', async () => {
    let looks = 0;
    const way = new RightOfWay({
      criticalWaits: () => {
        looks += 1;
        return looks === 1 ? Promise.reject(new Error('MongoDB is away')) : new Promise(() => undefined);
      },
      restFactor: 10,
      now: () => 0,
      rested: () => undefined,
    });
    let worked = 0;
    for (let at = 0; at < 4; at += 1) {
      await way.giveAfter(200, async () => {
        await new Promise(setImmediate);
        worked += 1;
      });
    }
    expect([worked, looks]).toEqual([4, 2]);
  });
});
