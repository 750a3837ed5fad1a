import { derivedSpan } from '../service/trace.ts';
import { attemptId, type EventDocument } from './event.ts';

/**
 * The span of an event's attempt, as a traceparent. Its id follows from the event and the number, so that the next attempt, and whoever decides on
 * this one, can link to it though nothing of it is stored.
 */
export function attemptTrace({ _id, traceparent }: Pick<EventDocument, '_id' | 'traceparent'>, number: number): string {
  return derivedSpan(traceparent, attemptId(_id, number));
}
