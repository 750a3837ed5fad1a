import { createRandom } from '../random.ts';
import { type Fault, FAULTS, type FaultKind } from './fault.ts';

/** Rests between faults: mostly short, so that one meets the repair of another; now and then long enough to be well again. */
const SHORT_REST = { from: 500, to: 5_000 };
const LONG_REST = { from: 8_000, to: 20_000 };
const LONG_REST_SHARE = 0.25;
/** What a fault without a length of its own takes: a restart, a second's wait. */
const LEAST_MS = 2_000;

/** The faults of a run, one after another for `forMs`. The same seed, kinds and world give the same plan. */
export function drawPlan(
  seed: number,
  kinds: readonly FaultKind[],
  forMs: number,
  world: { services: readonly string[]; nodes: number },
): Fault[] {
  const random = createRandom(seed);
  const weights = Object.fromEntries(kinds.map((kind) => [kind, FAULTS[kind].weight])) as Record<FaultKind, number>;
  const plan: Fault[] = [];
  let at = 0;
  for (;;) {
    const rest = random.chance(LONG_REST_SHARE) ? LONG_REST : SHORT_REST;
    const after = random.between(rest.from, rest.to);
    const kind = random.weighted(weights);
    const fault: Fault = { kind, after, ...FAULTS[kind].draw(random, world) };
    at += after + Math.max(fault.ms, LEAST_MS);
    if (at > forMs) return plan;
    plan.push(fault);
  }
}
