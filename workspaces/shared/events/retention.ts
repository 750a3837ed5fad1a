import { type EventDocument, isParent, type StoredEvent } from './event.ts';

/** What is removed once an event has been at its end for so long: what was sent, or all of it. */
export type RetentionJob = 'payloads' | 'events';

/** How far a job is; `_id` names it. */
export interface RetentionDocument {
  _id: RetentionJob;
  /** All events up to this id were looked at. */
  cursor: string;
  /** Until then the job is in the hands of one instance. */
  dueAt: Date;
}

/** An event, or a typed event, that a job has passed by because it was not at its end, or not for long enough. */
export interface KeptDocument {
  /** `<job>:<event id>` */
  _id: string;
  job: RetentionJob;
  eventId: string;
  /** When it is looked at again. */
  dueAt: Date;
}

/** What tells whether an event's time is over. */
export type RetainedEvent = Pick<
  EventDocument,
  | '_id'
  | 'status'
  | 'history'
  | 'createdAt'
  | 'attempts'
  | 'dueAt'
  | 'followed'
  | 'tellAt'
  | 'parentId'
  | 'payloadRemoved'
>;

/**
 * Since when nothing happens to an event any more; undefined where something may, or where somebody has yet to be told of
 * its end. A dead letter is at its end, too: nothing but an operator brings it back.
 */
export function endOf({ status, history, createdAt, dueAt, followed, tellAt }: RetainedEvent): Date | undefined {
  const final = status === 'COMPLETED' || status === 'CANCELED' || status === 'DEAD_LETTERED';
  // A dead letter with a dueAt is not on its topic yet.
  if (!final || dueAt || (followed && tellAt)) return undefined;
  return history.at(-1)?.at ?? createdAt;
}

/** The same of a typed event, which ends with the last of its children; one without children never began. */
export function familyEnd(createdAt: Date, children: RetainedEvent[]): Date | undefined {
  const ends = children.map(endOf);
  if (!ends.every((end) => end !== undefined)) return undefined;
  return new Date(Math.max(createdAt.getTime(), ...ends.map((end) => end.getTime())));
}

/** Children are looked at with the typed event that they belong to. */
export function isChild(event: StoredEvent): boolean {
  return !isParent(event) && event.parentId !== undefined;
}
