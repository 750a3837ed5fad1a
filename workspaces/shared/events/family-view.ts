import type { ParentDocument } from './event.ts';
import type { Status } from './status.ts';
import type { ChildSummary } from './store/families.ts';

/**
 * What a typed event's status follows from: the first of these that one of its children has. As long as one is on its way the whole is;
 * then a dead letter counts for more than what was delivered, and that for more than what was canceled.
 */
const BY_WEIGHT: readonly Status[] = [
  'PROCESSING',
  'FAILED',
  'RETRYING',
  'QUEUED',
  'SENT',
  'SCHEDULED',
  'DEAD_LETTERED',
  'COMPLETED',
  'CANCELED',
];

/** COMPLETED without children: there was nothing to do. */
export function familyStatus(children: Pick<ChildSummary, 'status'>[]): Status {
  return BY_WEIGHT.find((status) => children.some((child) => child.status === status)) ?? 'COMPLETED';
}

/** A typed event as clients and operators see it; `children` in the order of its route. */
export function toFamilyView(parent: ParentDocument, children: ChildSummary[]) {
  const { _id, eventId, type, createdAt, sendAt, expiresAt, to, locale, metadata, traceparent } = parent;
  return {
    id: _id,
    ...(eventId !== undefined && { eventId }),
    type,
    status: familyStatus(children),
    createdAt,
    ...(sendAt && { sendAt }),
    ...(expiresAt && { expiresAt }),
    ...(to && { to }),
    ...(locale !== undefined && { locale }),
    ...(metadata && { metadata }),
    ...(parent.payloadRemoved && { payloadRemoved: parent.payloadRemoved }),
    traceId: traceparent.slice(3, 35),
    children: children.map(toChildView),
    // Lists come without it.
    ...('data' in parent && { data: parent.data }),
  };
}

export function toChildView({ _id, channel, provider, priority, status }: ChildSummary) {
  return { id: _id, channel, provider, priority, status };
}
