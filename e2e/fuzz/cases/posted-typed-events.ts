import * as fc from 'fast-check';
import type { Case } from './case.ts';
import type { Json } from './events.ts';
import { toWire } from './hostile.ts';
import { type Header, post } from './request.ts';
import { faultyTypedEvent, mutatedTypedEvent } from './typed-events.ts';

export const PREVIEW = '/v1/templates/preview';

/** Where the answer is known, the headers are `plain`. */
export function postedTypedEvents(
  typedEvent: fc.Arbitrary<Json>,
  plain: fc.Arbitrary<readonly Header[]>,
  headers: fc.Arbitrary<readonly Header[]>,
) {
  const typed = fc.tuple(typedEvent, plain).map(
    ([event, headers]): Case => ({
      ...post('ingestion', 'typed event', '/v1/events', toWire(event), headers),
      sound: true,
    }),
  );
  const typedFault = fc.tuple(faultyTypedEvent(typedEvent), plain, fc.boolean()).map(
    ([{ json, path }, headers, preview]): Case => ({
      ...post('ingestion', 'one fault, typed', preview ? PREVIEW : '/v1/events', json, headers),
      fault: path,
    }),
  );
  const typedMutated = fc
    .tuple(mutatedTypedEvent(typedEvent), headers, fc.boolean())
    .map(([json, headers, preview]) =>
      post('ingestion', 'mutated typed event', preview ? PREVIEW : '/v1/events', json, headers),
    );
  const preview = fc.tuple(typedEvent, plain).map(
    ([event, headers]): Case => ({
      ...post('ingestion', 'preview', PREVIEW, toWire(event), headers),
      only: [200],
    }),
  );
  return { typed, typedFault, typedMutated, preview };
}
