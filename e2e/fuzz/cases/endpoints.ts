import * as fc from 'fast-check';
import { forgedCallback } from './callbacks.ts';
import { soundEvent } from './events.ts';
import { formerApis } from './former-apis.ts';
import { deepJson, oddJson, toWire } from './hostile.ts';
import { anywhere, byId, listing, moves } from './paths.ts';
import { batches, formerEvents, postedEvents } from './posted-events.ts';
import { postedTypedEvents, PREVIEW } from './posted-typed-events.ts';
import { replays } from './replays.ts';
import { authorized, oddHeaders, post, type Surroundings } from './request.ts';
import { RECIPIENT_HASH, suppressions } from './suppressions.ts';
import { soundTypedEvent } from './typed-events.ts';

/** Every endpoint of both services, with what is nearly right for it. Their order is part of what a seed draws. */
export function endpointCases({ sandboxUrl, key }: Surroundings) {
  const auth = authorized(key);
  const event = soundEvent(sandboxUrl);
  const typedEvent = soundTypedEvent(sandboxUrl);
  const headers = oddHeaders.map((odd) => [auth, ...odd]);
  // No odd headers where the answer is known: some of them are to be refused.
  const plain = fc.constant([auth]);

  const anyBody = fc
    .tuple(
      fc.constantFrom('/v1/events', '/v1/events/batch', '/event', PREVIEW, '/v1/suppressions', RECIPIENT_HASH),
      fc.oneof(oddJson.map(toWire), deepJson),
      headers,
    )
    .map(([target, json, headers]) => post('ingestion', 'any JSON', target, json, headers));
  const { deepPlace, ...events } = postedEvents(event, plain, headers);
  return {
    ...events,
    anyBody,
    deepPlace,
    batch: batches(event, typedEvent, headers),
    former: formerEvents(headers),
    ...replays(headers),
    ...postedTypedEvents(typedEvent, plain, headers),
    moved: moves(headers),
    ...suppressions(headers),
    forgedCallback,
    formerApis: formerApis(auth),
    list: listing(headers),
    byId: byId(headers),
    anywhere: anywhere(headers),
  };
}
