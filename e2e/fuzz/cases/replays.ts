import * as fc from 'fast-check';
import { oddJson, oddMoment, oddText, toWire } from './hostile.ts';
import { type Header, post } from './request.ts';

const replayRequest = fc.oneof(
  oddJson,
  fc.record(
    {
      filter: fc.record(
        {
          ids: fc.oneof(fc.array(fc.oneof(fc.uuid(), oddText), { maxLength: 4 }), oddJson),
          channel: fc.oneof(fc.constantFrom('sms', 'email', 'webhook'), oddJson),
          provider: fc.oneof(fc.constantFrom('smtp', 'twilio', 'webhook'), oddJson),
          reason: fc.oneof(fc.constantFrom('rejected', 'expired', 'exhausted'), oddJson),
          from: fc.oneof(oddMoment, oddJson),
          to: oddMoment,
        },
        { requiredKeys: [] },
      ),
      limit: fc.oneof(fc.integer({ min: 1, max: 20 }), oddJson),
      ratePerSecond: fc.oneof(fc.constantFrom(0.1, 100_000, 1e-9, -1), oddJson),
      dryRun: fc.oneof(fc.constant(true), fc.constant(true), oddJson),
    },
    { requiredKeys: [] },
  ),
);

export function replays(headers: fc.Arbitrary<readonly Header[]>) {
  const replay = fc
    .tuple(replayRequest, headers)
    .map(([body, headers]) => post('retry', 'replay', '/v1/dead-letters/replay', toWire(body), headers));
  const formerReplay = fc
    .tuple(
      fc.oneof(
        oddJson,
        fc.record(
          { limit: fc.oneof(fc.integer(), oddJson), from: fc.oneof(fc.integer(), oddJson) },
          { requiredKeys: [] },
        ),
      ),
      headers,
    )
    .map(([body, headers]) => post('retry', 'former replay', '/replay-dead-letter', toWire(body), headers));
  return { replay, formerReplay };
}
