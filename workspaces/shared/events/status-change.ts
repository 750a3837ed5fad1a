import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { CHANNELS, DEFAULT_PROVIDERS, PRIORITIES, PROVIDER_NAMES } from './channels.ts';
import type { EventDocument, StatusChange } from './event.ts';
import { eventRequest, newEvent } from './event-request.ts';
import type { WebhookSecrets } from './payloads/webhook.ts';
import { STATUSES } from './status.ts';

/** What is told of an event that has come to a status: on the topic `event-status`, and to the event's statusUrl as `data`. */
export const statusMessage = z.strictObject({
  id: z.uuid(),
  /** The client's own id. */
  eventId: z.string().optional(),
  parentId: z.uuid().optional(),
  type: z.string().optional(),
  channel: z.enum(CHANNELS),
  priority: z.enum(PRIORITIES),
  provider: z.enum(PROVIDER_NAMES),
  status: z.enum(STATUSES),
  at: z.iso.datetime(),
  reason: z.string().optional(),
  /** So far, when this was written. */
  attempts: z.number().int().nonnegative(),
});
export type StatusMessage = z.output<typeof statusMessage>;

export type FollowedEvent = Omit<EventDocument, 'payload' | 'metadata'>;

export function toStatusMessage(event: FollowedEvent, { status, at, reason }: StatusChange): StatusMessage {
  const { _id, eventId, parentId, type, channel, priority, provider, attempts } = event;
  return {
    id: _id,
    ...(eventId !== undefined && { eventId }),
    ...(parentId !== undefined && { parentId }),
    ...(type !== undefined && { type }),
    channel,
    priority,
    provider,
    status,
    at: at.toISOString(),
    ...(reason !== undefined && { reason }),
    attempts,
  };
}

/**
 * The webhook that tells a change of status to the event's statusUrl: an event of its own, which nobody follows. Its id is made of
 * the change, so that it is stored once, however often this is done.
 */
export function newStatusEvent(
  event: FollowedEvent & { statusUrl: string },
  change: StatusChange,
  secret: WebhookSecrets | undefined,
  now: Date,
): EventDocument {
  const data = toStatusMessage(event, change);
  const request = eventRequest.parse({
    channel: 'webhook',
    payload: {
      url: event.statusUrl,
      body: { type: 'event.status', timestamp: data.at, data },
      secret: event.statusSecret ?? secret,
    },
    metadata: { statusOf: event._id },
  });
  const { traceparent } = event;
  return {
    ...newEvent(request, { now, defaultProviders: DEFAULT_PROVIDERS, traceparent }),
    _id: idOf(event._id, change),
  };
}

function idOf(eventId: string, { status, at }: StatusChange): string {
  const random = createHash('sha256').update(`${eventId} ${status} ${at.getTime()}`).digest();
  return uuidv7({ msecs: at.getTime(), random });
}
