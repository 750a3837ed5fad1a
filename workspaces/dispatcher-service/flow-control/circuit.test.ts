import * as fc from 'fast-check';
import { Circuit, type Witness } from './circuit.ts';

const PAUSE = 1_000;
const newCircuit = (): Circuit => new Circuit(() => 0);

/** Sends one after another with these outcomes, as long as the circuit lets them out. */
function sends(circuit: Circuit, outcomes: string, now = 0, witness: Witness = 'untried'): void {
  for (const outcome of outcomes) {
    if (circuit.wait(now, witness) > 0) return;
    circuit.start(witness)(outcome === '-' ? 'down' : undefined, now);
  }
}

describe('a closed circuit', () => {
  it('lets everything out', () => {
    expect(newCircuit().wait(0, 'tried')).toBe(0);
  });

  it.each<[string, string, Witness, boolean]>([
    ['ten troubles in a row', '----------', 'untried', true],
    ['nine troubles, which may be chance', '---------', 'untried', false],
    ['one success among many troubles', '---------+---------', 'untried', false],
    ['trouble after a long good time', '+++++++++++++++++++++++++++++++++++++++++----------', 'untried', true],
    ['39 events that fail again', '-'.repeat(39), 'tried', false],
    ['40 events that fail again', '-'.repeat(40), 'tried', true],
  ])('after %s (%s, %s) opens: %s', (_what, outcomes, witness, opens) => {
    const circuit = newCircuit();
    sends(circuit, outcomes, 0, witness);
    expect(circuit.isOpen).toBe(opens);
  });
});

describe('an open circuit', () => {
  const opened = (random = 0): Circuit => {
    const circuit = new Circuit(() => random);
    sends(circuit, '----------');
    return circuit;
  };
  const waits = (circuit: Circuit, witness: Witness, times: number[]): number[] =>
    times.map((now) => circuit.wait(now, witness));

  it('says how long it stays so', () => {
    expect(waits(opened(), 'untried', [0, 400, 999, 1_000, 60_000])).toEqual([1_000, 600, 1, 0, 0]);
  });

  it('waits twice as long before it lets out events that have failed already', () => {
    expect(waits(opened(), 'tried', [0, 1_000, 1_999, 2_000])).toEqual([2_000, 1_000, 1, 0]);
  });

  it('spreads its pause over half as long again, so that several dispatchers do not probe at once', () => {
    expect([0, 0.5, 0.999].map((random) => opened(random).wait(0, 'untried'))).toEqual([1_000, 1_250, 1_500]);
  });

  it('lets three probes out after its pause, at once or one after another, and nothing else', () => {
    const circuit = opened();
    const first = circuit.start('untried');
    const second = circuit.start('untried');
    first('down', PAUSE);
    expect(circuit.wait(PAUSE, 'untried')).toBe(0);
    const third = circuit.start('untried');
    expect(circuit.wait(10 * PAUSE, 'untried')).toBeGreaterThan(0);
    second('down', 10 * PAUSE);
    expect(circuit.wait(10 * PAUSE, 'untried')).toBeGreaterThan(0);
    third('down', 10 * PAUSE);
    expect(circuit.wait(10 * PAUSE, 'untried')).toBe(2 * PAUSE);
  });

  it('closes when one probe comes through, whatever became of the others, and has forgotten the old troubles', () => {
    const circuit = opened();
    const hanging = circuit.start('untried');
    sends(circuit, '-+', PAUSE);
    expect(circuit.isOpen).toBe(false);
    sends(circuit, '---------', PAUSE);
    hanging('down', PAUSE);
    expect(circuit.isOpen).toBe(false);
  });

  it('stays open for twice as long when all probes were in vain, up to half a minute', () => {
    const circuit = opened();
    const pauses: number[] = [];
    let now = 0;
    for (let round = 0; round < 7; round += 1) {
      now += circuit.wait(now, 'untried');
      sends(circuit, '---', now);
      pauses.push(circuit.wait(now, 'untried'));
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(circuit.openFor(now)).toBe(now);
  });

  it('begins with a short pause again once it was closed', () => {
    const circuit = opened();
    sends(circuit, '---', PAUSE);
    sends(circuit, '+', 10_000);
    sends(circuit, '----------', 20_000);
    expect(circuit.wait(20_000, 'untried')).toBe(PAUSE);
    expect(circuit.openFor(20_500)).toBe(500);
  });

  it('is closed by a send from before that comes through late: somebody was answered', () => {
    const circuit = newCircuit();
    const slow = circuit.start('tried');
    sends(circuit, '----------');
    slow(undefined, 500);
    expect(circuit.wait(500, 'untried')).toBe(0);
  });

  it('is not prolonged by sends from before that fail late, however many', () => {
    const circuit = newCircuit();
    const hanging = Array.from({ length: 30 }, () => circuit.start('untried'));
    for (const finish of hanging.slice(0, 10)) finish('down', 0);
    for (const finish of hanging.slice(10)) finish('down', 400);
    expect(circuit.wait(400, 'untried')).toBe(600);
  });
});

describe('a circuit that refused credentials have opened', () => {
  const refused = (): Circuit => {
    const circuit = newCircuit();
    for (let n = 0; n < 10; n += 1) circuit.start('untried')('auth', 0);
    return circuit;
  };

  it('says so, and stays open for a minute each time: a person has to mend it', () => {
    const circuit = refused();
    expect([circuit.trouble, circuit.wait(0, 'untried')]).toEqual(['auth', 60_000]);
    for (let n = 0; n < 3; n += 1) circuit.start('untried')('auth', 60_000);
    expect(circuit.wait(60_000, 'untried')).toBe(60_000);
  });

  it('is one that is down when its probes find no answer, and closed at the first success', () => {
    const circuit = refused();
    for (let n = 0; n < 3; n += 1) circuit.start('untried')('down', 60_000);
    expect([circuit.trouble, circuit.wait(60_000, 'untried')]).toEqual(['down', 30_000]);
    circuit.start('untried')(undefined, 90_000);
    expect([circuit.trouble, circuit.wait(90_000, 'untried')]).toEqual([undefined, 0]);
  });
});

describe('whatever happens', () => {
  it('an open circuit has three probes out at most, and opens its way again within 45 seconds', () => {
    const step = fc.record({ ms: fc.nat(30_000), finish: fc.option(fc.nat()), trouble: fc.boolean() });
    const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), chances, (steps, random) => {
        const circuit = new Circuit(() => random);
        const out: { finish: ReturnType<Circuit['start']>; probe: boolean }[] = [];
        let now = 0;
        for (const { ms, finish, trouble } of steps) {
          now += ms;
          expect(circuit.wait(now, 'untried')).toBeLessThanOrEqual(45_000);
          if (finish === null) {
            if (circuit.wait(now, 'untried') === 0)
              out.push({ probe: circuit.isOpen, finish: circuit.start('untried') });
          } else if (out.length > 0) {
            out.splice(finish % out.length, 1)[0]?.finish(trouble ? 'down' : undefined, now);
            // Probes of an opening that is over are sends like any other.
            if (!circuit.isOpen) for (const send of out) send.probe = false;
          }
          if (circuit.isOpen) expect(out.filter(({ probe }) => probe).length).toBeLessThanOrEqual(3);
        }
      }),
    );
  });
});
