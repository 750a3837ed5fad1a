import type { mongo } from 'mongoose';
import { type EventDocument, HISTORY_LIMIT, type StatusChange } from '../event.ts';
import { type Status, TRANSITIONS } from '../status.ts';

export interface Transition extends Omit<StatusChange, 'status'> {
  from: Status | readonly Status[];
  to: Status;
  /** Conditions besides the status. */
  where?: mongo.Filter<EventDocument>;
  set?: Partial<EventDocument>;
  unset?: readonly (keyof EventDocument)[];
  increment?: Partial<Record<'attempts' | 'tries' | 'deferrals', number>>;
  /** Statuses that nobody waits for have no dueAt. */
  dueAt: Date | 'never';
  /** False: acknowledged by the primary alone, before its journal. For claims: what they lose, a later claim makes good. */
  durable?: boolean;
}

/** The filter and update of a status change: the only way in which a status is ever written. */
export function statusChange(transition: Transition): {
  filter: mongo.Filter<EventDocument>;
  update: mongo.UpdateFilter<EventDocument>;
} {
  const { from, to, where, set, unset = [], increment, dueAt, at, reason, by } = transition;
  const sources = typeof from === 'string' ? [from] : from;
  for (const source of sources) {
    if (!TRANSITIONS[source].includes(to)) throw new Error(`there is no transition ${source} -> ${to}`);
  }
  const entry: StatusChange = {
    status: to,
    at,
    ...(reason !== undefined && { reason }),
    ...(by !== undefined && { by }),
  };
  const removed = dueAt === 'never' ? [...unset, 'dueAt'] : unset;
  const only = sources.length === 1 ? sources[0] : undefined;
  return {
    filter: { status: only ?? { $in: [...sources] }, ...where },
    update: {
      $set: { status: to, tellAt: at, ...set, ...(dueAt !== 'never' && { dueAt }) },
      ...(removed.length > 0 && { $unset: Object.fromEntries(removed.map((field) => [field, ''])) }),
      ...(increment && { $inc: increment }),
      $push: { history: { $each: [entry], $slice: -HISTORY_LIMIT } },
    },
  };
}

/** Changes the status of those among `ids` that stand where the transition starts; answers how many did. */
export async function changeStatus(
  events: mongo.Collection<EventDocument>,
  ids: readonly string[],
  transition: Transition,
): Promise<number> {
  if (ids.length === 0) return 0;
  const { filter, update } = statusChange(transition);
  const options = transition.durable === false ? { writeConcern: { w: 1, journal: false } } : {};
  const { modifiedCount } = await events.updateMany({ ...filter, _id: idsFilter(ids) }, update, options);
  return modifiedCount;
}

/** One id is looked up without the detour of a list. */
export function idsFilter(ids: readonly string[]): string | { $in: string[] } {
  return ids.length === 1 && ids[0] !== undefined ? ids[0] : { $in: [...ids] };
}
