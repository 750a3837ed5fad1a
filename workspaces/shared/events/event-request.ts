import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { type Channel, PRIORITIES, type ProviderName, PROVIDERS } from './channels.ts';
import type { EventDocument } from './event.ts';
import { metadata } from './metadata.ts';
import { PAYLOADS } from './payloads.ts';
import { text } from './text.ts';

/** How long Kafka may take to bring a QUEUED event to a dispatcher before the sweeper starts to ask, in milliseconds. */
export const PUBLISH_GRACE_MS = 5_000;

const moment = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with an offset, such as 2030-01-31T09:00:00Z' })
  .transform((text) => new Date(text));

const envelope = {
  priority: z.enum(PRIORITIES).default('default'),
  /** The client's own id; it serves as the idempotency key where the header is missing. */
  eventId: text().min(1).max(255).optional(),
  sendAt: moment.optional(),
  expiresAt: moment.optional(),
  metadata: metadata.optional(),
};

const requestOf = <C extends Channel>(channel: C) =>
  z.strictObject({
    channel: z.literal(channel),
    payload: PAYLOADS[channel],
    provider: z.enum(providersOf(channel)).optional(),
    ...envelope,
  });

function providersOf(channel: Channel): ProviderName[] {
  return (Object.keys(PROVIDERS) as ProviderName[]).filter((name) => PROVIDERS[name] === channel);
}

/** The body of `POST /v1/events`. */
export const eventRequest = z
  .discriminatedUnion('channel', [requestOf('email'), requestOf('sms'), requestOf('webhook')])
  .refine((event) => !(event.expiresAt && event.expiresAt <= (event.sendAt ?? new Date(0))), {
    message: 'must be later than sendAt',
    path: ['expiresAt'],
    // Also where other fields are faulty: all faults are told at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
export type EventRequest = z.output<typeof eventRequest>;

export interface Acceptance {
  now: Date;
  /** The provider of each channel where the request names none. */
  defaultProviders: Record<Channel, ProviderName>;
  traceparent: string;
  idempotencyKey?: string | undefined;
}

/** The document of a new event: SCHEDULED when its time has not come, else QUEUED. */
export function newEvent(
  request: EventRequest,
  { now, defaultProviders, traceparent, idempotencyKey }: Acceptance,
): EventDocument {
  const { priority, channel, payload, eventId, sendAt, expiresAt, metadata } = request;
  const provider = request.provider ?? defaultProviders[channel];
  const waits = sendAt !== undefined && sendAt > now;
  const status = waits ? 'SCHEDULED' : 'QUEUED';
  const key = idempotencyKey ?? eventId;
  return {
    // By the time that createdAt is from: lists are cut to ranges of time by the id.
    _id: uuidv7({ msecs: now.getTime() }),
    channel,
    priority,
    provider,
    payload,
    ...(metadata && { metadata }),
    ...(eventId !== undefined && { eventId }),
    ...(key !== undefined && { idempotencyKey: key, requestHash: hashOf(request) }),
    traceparent,
    createdAt: now,
    ...(sendAt && { sendAt }),
    ...(expiresAt && { expiresAt }),
    status,
    queue: priority,
    dueAt: waits ? sendAt : new Date(now.getTime() + PUBLISH_GRACE_MS),
    attempts: 0,
    tries: 0,
    deferrals: 0,
    history: [{ status, at: now }],
  };
}

/** The same for two requests that ask for the same, however their JSON was spaced: zod orders the fields it knows. */
function hashOf(request: EventRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url');
}
