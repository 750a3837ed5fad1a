import * as fc from 'fast-check';
import { MARKER, oddJson, oddText, toWire } from './hostile.ts';
import { type Header, post } from './request.ts';

export const RECIPIENT_HASH = '/v1/recipients/hash';

/** No event of the run is for one of these recipients. */
const suppressionRequest = fc.oneof(
  { weight: 2, arbitrary: fc.nat(200).map((at) => ({ channel: 'email', recipient: `${MARKER}.${at}@example.org` })) },
  {
    weight: 2,
    arbitrary: fc.record({
      channel: fc.constantFrom('email', 'sms', 'push', 'webhook', '__proto__'),
      recipient: fc.oneof(oddText, oddJson),
      reason: fc.oneof(fc.constantFrom('bounce', 'x'), oddJson),
    }),
  },
  { weight: 1, arbitrary: oddJson },
);

export function suppressions(headers: fc.Arbitrary<readonly Header[]>) {
  const suppressed = fc
    .tuple(suppressionRequest, headers)
    .map(([body, headers]) => post('ingestion', 'suppression', '/v1/suppressions', toWire(body), headers));
  const hashed = fc
    .tuple(suppressionRequest, headers)
    .map(([body, headers]) => post('ingestion', 'hash of a recipient', RECIPIENT_HASH, toWire(body), headers));
  return { suppressed, hashed };
}
