import * as fc from 'fast-check';
import type { Case } from './case.ts';
import { endpointCases } from './endpoints.ts';
import { framingCases, largeCases } from './framing.ts';
import type { Surroundings } from './request.ts';

const CHUNK = 500;

/** The cases of a seed, without end; the same for the same seed and surroundings. */
export function* drawCases(seed: number, surroundings: Surroundings): Generator<Case> {
  const { sound, oneFault, mutatedEvent, formerApis, ...endpoints } = endpointCases(surroundings);
  const usual = [...Object.values(endpoints), ...Object.values(framingCases(surroundings))];
  const arbitrary: fc.Arbitrary<Case> = fc.oneof(
    { weight: 160, arbitrary: sound },
    { weight: 240, arbitrary: oneFault },
    { weight: 200, arbitrary: mutatedEvent },
    { weight: 160, arbitrary: formerApis },
    ...usual.map((arbitrary) => ({ weight: 40, arbitrary })),
    { weight: 3, arbitrary: largeCases(surroundings) },
  );
  for (let number = 0; ; number += 1) {
    yield* fc.sample(arbitrary, { seed: (seed + number * 7_919) | 0, numRuns: CHUNK });
  }
}
