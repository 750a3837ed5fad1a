import { Lane } from './lane.ts';

const noSpread = (): number => 0;
const newLane = (maxLimit: number): Lane => new Lane(maxLimit, noSpread);

/** Starts as many sends as there is room for; answers what ends each. */
function fill(lane: Lane, now = 0) {
  const running: ReturnType<Lane['start']>[] = [];
  while (lane.hasRoom) running.push(lane.start(now, 'untried'));
  return running;
}

const turn = { since: 0, witness: 'untried' as const, start: () => undefined, refuse: () => undefined };

describe('the lane of a destination', () => {
  it('begins narrow: one that hangs from the start holds few places', () => {
    expect(fill(newLane(64))).toHaveLength(8);
    expect(fill(newLane(3))).toHaveLength(3);
  });

  it('widens with every success up to its limit, and no further', () => {
    const lane = newLane(10);
    for (let n = 0; n < 50; n += 1) lane.start(0, 'untried')(undefined, 1);
    expect(fill(lane)).toHaveLength(10);
  });

  it('halves with every trouble, down to one place', () => {
    const widthAfter = (troubles: number): number => {
      const lane = newLane(64);
      for (let n = 0; n < troubles; n += 1) lane.start(0, 'untried')('down', 1);
      return fill(lane).length;
    };
    expect([0, 1, 2, 3, 4, 20].map(widthAfter)).toEqual([8, 4, 2, 1, 1, 1]);
  });

  it('keeps its width when events fail that had failed before: that may be their recipients', () => {
    const lane = newLane(64);
    for (let n = 0; n < 20; n += 1) lane.start(0, 'tried')('down', 1);
    expect(fill(lane)).toHaveLength(8);
  });

  it('lets no newcomer wait while it has room', () => {
    expect(newLane(64).expectedWait(0)).toBe(0);
  });

  it('tells a newcomer its wait by how long sends usually take, and how many stand before it', () => {
    const lane = newLane(8);
    for (let n = 0; n < 100; n += 1) lane.start(0, 'untried')(undefined, 400);
    fill(lane, 1_000);
    lane.waiting.push(...Array.from({ length: 16 }, () => turn));
    expect(lane.expectedWait(1_000)).toBeCloseTo(800, -1);
  });

  it('sees that a destination hangs before any send to it has ended', () => {
    const lane = newLane(8);
    fill(lane);
    lane.waiting.push(...Array.from({ length: 8 }, () => turn));
    expect([0, 500, 5_000].map((now) => lane.expectedWait(now))).toEqual([0, 500, 5_000]);
  });

  it('is idle when nothing is out, nothing waits and no circuit holds anybody back', () => {
    const lane = newLane(8);
    expect(lane.isIdle(0)).toBe(true);
    const end = lane.start(0, 'untried');
    expect(lane.isIdle(0)).toBe(false);
    end(undefined, 1);
    lane.waiting.push(turn);
    expect(lane.isIdle(1)).toBe(false);
    lane.waiting.pop();
    for (let n = 0; n < 10; n += 1) lane.start(0, 'untried')('down', 1);
    expect([1, 1_000, 1_001].map((now) => lane.isIdle(now))).toEqual([false, false, true]);
  });
});
