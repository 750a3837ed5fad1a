import { createRandom } from '../random.ts';
import { FAULTS, type FaultKind } from './catalogue.ts';
import { type Fault, TRACKS, type Targets, type Track } from './fault.ts';

interface Rests {
  from: number;
  to: number;
}

/**
 * Rests between the faults of one track, in milliseconds. Kills come every ten seconds: more than a hundred in half an
 * hour, and few enough that a service gets to work in between. What is short lets one fault meet the repair of another.
 */
const RESTS: Record<Track, Rests> = {
  kills: { from: 3_000, to: 16_000 },
  nodes: { from: 3_000, to: 20_000 },
  links: { from: 1_000, to: 10_000 },
  rest: { from: 1_000, to: 10_000 },
};
/** What a fault without a length of its own takes: a restart, a second's wait. */
const LEAST_MS = 1_000;

/** The faults of a run, one after another in each track for `forMs`. The same seed, kinds and targets give the same plan. */
export function drawPlan(seed: number, kinds: readonly FaultKind[], forMs: number, targets: Targets): Fault[][] {
  return TRACKS.map((track, at) => {
    const own = kinds.filter((kind) => FAULTS[kind].track === track);
    return own.length === 0 ? [] : drawTrack(seed + at * 0x9e3779b9, own, RESTS[track], forMs, targets);
  });
}

function drawTrack(seed: number, kinds: readonly FaultKind[], rests: Rests, forMs: number, targets: Targets): Fault[] {
  const random = createRandom(seed);
  const weights = Object.fromEntries(kinds.map((kind) => [kind, FAULTS[kind].weight])) as Record<FaultKind, number>;
  const plan: Fault[] = [];
  let at = 0;
  for (;;) {
    const after = random.between(rests.from, rests.to);
    const kind = random.weighted(weights);
    const fault: Fault = { kind, after, ...FAULTS[kind].draw(random, targets) };
    const end = at + after + Math.max(fault.ms, LEAST_MS);
    if (at + after > forMs) return plan;
    // What would outlast the run is left out, and what is shorter takes its place.
    if (end > forMs) continue;
    at = end;
    plan.push(fault);
  }
}
