import { parseExactJson } from '../service/exact-json.ts';
import { toEmailView } from './email-view.ts';
import type { AttemptDocument, EventDocument } from './event.ts';
import type { Payload } from './payloads.ts';

const SECRET_HEADER = /auth|token|key|secret|cookie|password/i;

/** An event as clients and operators see it: no secret, and nothing of how Postrider keeps it. */
export function toEventView(event: EventDocument) {
  const { _id, channel, priority, provider, payload, metadata, eventId, status, attempts, deferrals, history } = event;
  const waits = status === 'SCHEDULED' || status === 'RETRYING';
  return {
    id: _id,
    ...(eventId !== undefined && { eventId }),
    ...(event.parentId !== undefined && { parentId: event.parentId }),
    ...(event.type !== undefined && { type: event.type }),
    channel,
    priority,
    provider,
    status,
    createdAt: event.createdAt,
    updatedAt: history.at(-1)?.at ?? event.createdAt,
    ...(event.sendAt && { sendAt: event.sendAt }),
    ...(event.expiresAt && { expiresAt: event.expiresAt }),
    ...(event.statusUrl !== undefined && { statusUrl: event.statusUrl }),
    ...(waits && event.dueAt && { nextAttemptAt: event.dueAt }),
    attempts,
    ...(deferrals > 0 && { deferrals }),
    ...(event.deadLetter && { deadLetter: event.deadLetter }),
    ...(metadata && { metadata }),
    ...(event.payloadRemoved && { payloadRemoved: event.payloadRemoved }),
    traceId: event.traceparent.slice(3, 35),
    // Lists come without payloads.
    ...(payload && { payload: toPayloadView(payload) }),
  };
}

export function toDetailedView(event: EventDocument, attempts: AttemptDocument[]) {
  return { ...toEventView(event), history: event.history, attempts: attempts.map(toAttemptView) };
}

function toAttemptView({ _id, eventId, takenBy, duration, ...attempt }: AttemptDocument) {
  return { ...attempt, durationMs: duration };
}

function toPayloadView(payload: Payload) {
  if ('body' in payload && 'url' in payload) {
    const { body, secret, headers, ...rest } = payload;
    return {
      ...rest,
      body: parseExactJson(body),
      ...(headers && {
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, SECRET_HEADER.test(name) ? '***' : value]),
        ),
      }),
      ...(secret !== undefined && { secret: 'whsec_***' }),
    };
  }
  // A chat's webhook: whoever knows its path may write there.
  if ('url' in payload) return { ...payload, url: `${new URL(payload.url ?? '').origin}/***` };
  if ('subject' in payload) return toEmailView(payload);
  return payload;
}
