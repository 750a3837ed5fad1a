import { z } from 'zod';

// Of what the services answer, what is shown. Texts are texts: a newer service may know more statuses and providers.
const attempt = z.object({
  number: z.number(),
  provider: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  outcome: z.string(),
  messageId: z.string().optional(),
  errorClass: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
});
export type Attempt = z.output<typeof attempt>;

const change = z.object({
  status: z.string(),
  at: z.string(),
  reason: z.string().optional(),
  by: z.string().optional(),
});
export type Change = z.output<typeof change>;

const child = z.object({
  id: z.string(),
  channel: z.string(),
  provider: z.string(),
  priority: z.string(),
  status: z.string(),
});
export type Child = z.output<typeof child>;

/** An event, or a typed event: that one has a type and children instead of a channel. */
const listedEvent = z.object({
  id: z.string(),
  eventId: z.string().optional(),
  parentId: z.string().optional(),
  type: z.string().optional(),
  channel: z.string().optional(),
  provider: z.string().optional(),
  priority: z.string().optional(),
  status: z.string(),
  createdAt: z.string(),
  sendAt: z.string().optional(),
  expiresAt: z.string().optional(),
  nextAttemptAt: z.string().optional(),
  deadLetter: z.object({ reason: z.string(), errorClass: z.string().optional(), at: z.string() }).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  payloadRemoved: z.object({ at: z.string(), reason: z.string() }).optional(),
  traceId: z.string().optional(),
  children: z.array(child).optional(),
});
export type ListedEvent = z.output<typeof listedEvent>;

export const eventDetails = listedEvent.extend({
  payload: z.record(z.string(), z.unknown()).optional(),
  /** Of a typed event, in the place of a payload. */
  to: z.record(z.string(), z.string()).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  history: z.array(change).default([]),
  attempts: z.array(attempt).default([]),
});
export type EventDetails = z.output<typeof eventDetails>;

export const eventPage = z.object({ events: z.array(listedEvent), nextCursor: z.string().optional() });
export const deadLetterPage = z.object({ deadLetters: z.array(listedEvent), nextCursor: z.string().optional() });

export const dryRun = z.object({
  matched: z.number(),
  total: z.number(),
  withoutPayload: z.number().optional(),
  counts: z.array(z.object({ channel: z.string(), reason: z.string(), count: z.number() })),
});
export type DryRun = z.output<typeof dryRun>;

export const startedReplay = z.object({ replayId: z.string() });

export const replay = z.object({
  replayId: z.string(),
  status: z.string(),
  matched: z.number(),
  replayed: z.number(),
  skipped: z.number(),
  filter: z.record(z.string(), z.unknown()),
  limit: z.number(),
  ratePerSecond: z.number(),
  requestedBy: z.string(),
  requestedAt: z.string(),
  finishedAt: z.string().optional(),
});
export type Replay = z.output<typeof replay>;

const suppression = z.object({
  id: z.string(),
  channel: z.string(),
  recipient: z.string(),
  reason: z.string(),
  provider: z.string().optional(),
  eventId: z.string().optional(),
  note: z.string().optional(),
  createdAt: z.string(),
});
export type Suppression = z.output<typeof suppression>;
export const suppressionPage = z.object({ suppressions: z.array(suppression), nextCursor: z.string().optional() });

/** For what is answered without a body, or with one that is not needed. */
export const anything = z.unknown();
