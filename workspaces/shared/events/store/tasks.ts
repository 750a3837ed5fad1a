import type { mongo } from 'mongoose';
import type { EventDocument } from '../event.ts';
import type { EmailMessage, SmsMessage } from '../payloads.ts';
import { type Status, STATUSES } from '../status.ts';
import { type Database, TASK_TYPES } from './database.ts';

/** An event that came by one of the former endpoints of e-mail and SMS; of its payload only whom it is for. */
export interface TaskDocument
  extends Pick<
    EventDocument,
    | '_id'
    | 'channel'
    | 'provider'
    | 'status'
    | 'createdAt'
    | 'sendAt'
    | 'expiresAt'
    | 'dueAt'
    | 'attempts'
    | 'history'
    | 'deadLetter'
  > {
  type: string;
  /** Gone once its time of retention is over. */
  payload?: Pick<EmailMessage | SmsMessage, 'to'>;
}

export interface TaskFilter {
  type?: string | undefined;
  statuses?: readonly Status[] | undefined;
  /** Created after the one and before the other. */
  after?: Date | undefined;
  before?: Date | undefined;
}

const MAX_QUERY_MS = 10_000;
const FIELDS = {
  channel: 1,
  provider: 1,
  status: 1,
  createdAt: 1,
  sendAt: 1,
  expiresAt: 1,
  dueAt: 1,
  attempts: 1,
  history: 1,
  deadLetter: 1,
  type: 1,
  'payload.to': 1,
} as const;

/** Newest first, by the index that only tasks stand in. */
export function findTasks(
  database: Database,
  { type, statuses = STATUSES, after, before }: TaskFilter,
  limit: number,
  offset: number,
): Promise<TaskDocument[]> {
  const range = { ...(after && { $gt: after }), ...(before && { $lt: before }) };
  const query = {
    ...TASKS,
    ...(type !== undefined && { type: { ...TASKS.type, $eq: type } }),
    status: { $in: statuses },
    ...((after || before) && { createdAt: range }),
  };
  return tasksIn(database)
    .find(query as mongo.Filter<TaskDocument>, { projection: FIELDS, maxTimeMS: MAX_QUERY_MS })
    .sort({ createdAt: -1 })
    .skip(offset)
    .limit(limit)
    .toArray();
}

export async function findTask(database: Database, id: string): Promise<TaskDocument | undefined> {
  const query = { ...TASKS, _id: id, status: { $in: STATUSES } };
  return (await tasksIn(database).findOne(query as mongo.Filter<TaskDocument>, { projection: FIELDS })) ?? undefined;
}

/** What typed events became is no task, whatever their type. */
const TASKS = { type: TASK_TYPES, parentId: { $exists: false } };

const tasksIn = ({ events }: Database) => events as unknown as mongo.Collection<TaskDocument>;
