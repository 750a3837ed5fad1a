import { Lane } from './lane.ts';

/** Starts as many sends as there is room for; answers what ends each. */
function fill(lane: Lane, now = 0) {
  const running: ReturnType<Lane['start']>[] = [];
  while (lane.hasRoom) running.push(lane.start(now));
  return running;
}

const turn = { since: 0, start: () => undefined, refuse: () => undefined };

describe('the lane of a destination', () => {
  it('begins narrow: one that hangs from the start holds few places', () => {
    expect(fill(new Lane(64))).toHaveLength(8);
    expect(fill(new Lane(3))).toHaveLength(3);
  });

  it('widens with every success up to its limit, and no further', () => {
    const lane = new Lane(10);
    for (let n = 0; n < 50; n += 1) lane.start(0)(false, 1);
    expect(fill(lane)).toHaveLength(10);
  });

  it('halves with every trouble, down to one place', () => {
    const widthAfter = (troubles: number): number => {
      const lane = new Lane(64);
      for (let n = 0; n < troubles; n += 1) lane.start(0)(true, 1);
      return fill(lane).length;
    };
    expect([0, 1, 2, 3, 4, 20].map(widthAfter)).toEqual([8, 4, 2, 1, 1, 1]);
  });

  it('lets no newcomer wait while it has room', () => {
    expect(new Lane(64).expectedWait(0)).toBe(0);
  });

  it('tells a newcomer its wait by how long sends usually take, and how many stand before it', () => {
    const lane = new Lane(8);
    for (let n = 0; n < 100; n += 1) lane.start(0)(false, 400);
    fill(lane, 1_000);
    lane.waiting.push(...Array.from({ length: 16 }, () => turn));
    expect(lane.expectedWait(1_000)).toBeCloseTo(800, -1);
  });

  it('sees that a destination hangs before any send to it has ended', () => {
    const lane = new Lane(8);
    fill(lane);
    lane.waiting.push(...Array.from({ length: 8 }, () => turn));
    expect([0, 500, 5_000].map((now) => lane.expectedWait(now))).toEqual([0, 500, 5_000]);
  });

  it('is idle when nothing is out, nothing waits and its circuit is closed', () => {
    const lane = new Lane(8);
    expect(lane.isIdle).toBe(true);
    const end = lane.start(0);
    expect(lane.isIdle).toBe(false);
    end(false, 1);
    lane.waiting.push(turn);
    expect(lane.isIdle).toBe(false);
    lane.waiting.pop();
    for (let n = 0; n < 10; n += 1) lane.start(0)(true, 1);
    expect({ open: lane.circuit.isOpen, idle: lane.isIdle }).toEqual({ open: true, idle: false });
  });
});
