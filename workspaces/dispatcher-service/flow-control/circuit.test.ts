import * as fc from 'fast-check';
import { Circuit } from './circuit.ts';

const PAUSE = 5_000;

/** Sends one after another with these outcomes, as long as the circuit lets them out. */
function sends(circuit: Circuit, outcomes: string, now = 0): void {
  for (const outcome of outcomes) {
    if (circuit.wait(now) > 0) return;
    circuit.start()(outcome === '-', now);
  }
}

describe('a closed circuit', () => {
  it('lets everything out', () => {
    expect(new Circuit().wait(0)).toBe(0);
  });

  it.each([
    ['ten troubles in a row', '----------', true],
    ['trouble in half of ten', '+-+-+-+-+-', true],
    ['nine troubles, which may be chance', '---------', false],
    ['trouble in less than half', '++-++-++-++-++-++-++-', false],
    ['all well', '++++++++++++++++++++', false],
    ['trouble after a long good time', '+++++++++++++++++++++++++++++++++++++++----------', true],
    ['trouble long ago', '----+++++++++++++++++++++++++', false],
  ])('after %s (%s) opens: %s', (_what, outcomes, opens) => {
    const circuit = new Circuit();
    sends(circuit, outcomes);
    expect(circuit.isOpen).toBe(opens);
  });
});

describe('an open circuit', () => {
  const opened = (): Circuit => {
    const circuit = new Circuit();
    sends(circuit, '----------');
    return circuit;
  };

  it('says how long it stays so', () => {
    const circuit = opened();
    expect([0, 1_000, 4_999, 5_000, 60_000].map((now) => circuit.wait(now))).toEqual([5_000, 4_000, 1, 0, 0]);
  });

  it('lets one probe out after its pause, and nothing else while that is out', () => {
    const circuit = opened();
    const finish = circuit.start();
    expect(circuit.wait(PAUSE)).toBeGreaterThan(0);
    expect(circuit.wait(10 * PAUSE)).toBeGreaterThan(0);
    finish(false, 10 * PAUSE);
    expect(circuit.wait(10 * PAUSE)).toBe(0);
  });

  it('closes when the probe comes through, and has forgotten the old troubles', () => {
    const circuit = opened();
    circuit.start()(false, PAUSE);
    expect(circuit.isOpen).toBe(false);
    sends(circuit, '---------', PAUSE);
    expect(circuit.isOpen).toBe(false);
  });

  it('stays open for twice as long after each probe in vain, up to two minutes', () => {
    const circuit = opened();
    const pauses: number[] = [];
    let now = 0;
    for (let probe = 0; probe < 7; probe += 1) {
      now += circuit.wait(now);
      circuit.start()(true, now);
      pauses.push(circuit.wait(now));
    }
    expect(pauses).toEqual([10_000, 20_000, 40_000, 80_000, 120_000, 120_000, 120_000]);
  });

  it('begins with a short pause again once it was closed', () => {
    const circuit = opened();
    circuit.start()(true, PAUSE);
    circuit.start()(false, 15_000);
    sends(circuit, '----------', 20_000);
    expect(circuit.wait(20_000)).toBe(PAUSE);
  });

  it('believes the probe alone: sends from before, which end during it, neither close it nor prolong it', () => {
    for (const trouble of [true, false]) {
      const circuit = new Circuit();
      const hanging = circuit.start();
      sends(circuit, '----------');
      const probe = circuit.start();
      hanging(trouble, PAUSE);
      expect(circuit.isOpen).toBe(true);
      expect(circuit.wait(PAUSE)).toBeGreaterThan(0);
      probe(false, PAUSE + 10);
      expect(circuit.wait(PAUSE + 10)).toBe(0);
    }
  });

  it('is not prolonged by sends from before that end during its pause, however many', () => {
    const circuit = new Circuit();
    const hanging = Array.from({ length: 30 }, () => circuit.start());
    for (const finish of hanging.slice(0, 10)) finish(true, 0);
    for (const finish of hanging.slice(10)) finish(true, 4_000);
    expect(circuit.wait(4_000)).toBe(1_000);
  });
});

describe('whatever happens', () => {
  it('an open circuit has one probe out at most, and opens its way again in two minutes at the latest', () => {
    const step = fc.record({ ms: fc.nat(30_000), finish: fc.option(fc.nat()), trouble: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const circuit = new Circuit();
        const out: { finish: (trouble: boolean, now: number) => void; probe: boolean }[] = [];
        let now = 0;
        for (const { ms, finish, trouble } of steps) {
          now += ms;
          expect(circuit.wait(now)).toBeLessThanOrEqual(120_000);
          if (finish === null) {
            if (circuit.wait(now) === 0) out.push({ probe: circuit.isOpen, finish: circuit.start() });
          } else if (out.length > 0) {
            out.splice(finish % out.length, 1)[0]?.finish(trouble, now);
          }
          if (circuit.isOpen) expect(out.filter(({ probe }) => probe).length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
