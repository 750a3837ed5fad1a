import type { AttemptDocument } from '@postrider/shared/events/event.ts';
import type { Mailbox } from '@postrider/shared/events/payloads.ts';
import { type Status, STATUSES } from '@postrider/shared/events/status.ts';
import type { TaskDocument } from '@postrider/shared/events/store/tasks.ts';
import { maskRecipient } from '@postrider/shared/service/recipient-mask.ts';

export const TASK_NAMES = ['send-email', 'send-async', 'send-sms'] as const;
/** Of the events that these endpoints make: retry rules match by it, and the monitor lists by it. */
export type TaskType = `task.${(typeof TASK_NAMES)[number]}`;

/** Celery's states: https://docs.celeryq.dev/en/stable/userguide/tasks.html#built-in-states */
export const STATES = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;
export type State = (typeof STATES)[number];

const STATE_OF: Record<Status, State> = {
  SCHEDULED: 'PENDING',
  QUEUED: 'PENDING',
  PROCESSING: 'STARTED',
  FAILED: 'RETRY',
  RETRYING: 'RETRY',
  SENT: 'SUCCESS',
  COMPLETED: 'SUCCESS',
  DEAD_LETTERED: 'FAILURE',
  CANCELED: 'REVOKED',
};

export const statusesOf = (state: State): Status[] => STATUSES.filter((status) => STATE_OF[status] === state);

/** An event as Flower tells of a task; times in seconds since the epoch. Of its payload nothing but whom it is for, masked. */
export function toTask(event: TaskDocument) {
  const { _id, type, status, provider, createdAt, history, deadLetter } = event;
  const state = STATE_OF[status];
  const lastTime = (is: (status: Status) => boolean): number | null => {
    const last = history.findLast((change) => is(change.status));
    return last ? seconds(last.at) : null;
  };
  const reached = (wanted: State) => lastTime((one) => STATE_OF[one] === wanted);
  const started = reached('STARTED');
  const succeeded = state === 'SUCCESS' ? reached('SUCCESS') : null;
  return {
    uuid: _id,
    name: type.slice('task.'.length),
    state,
    args: `[${recipientsOf(event)
      .map((one) => `'${one}'`)
      .join(', ')}]`,
    kwargs: '{}',
    received: seconds(createdAt),
    started,
    succeeded,
    failed: state === 'FAILURE' ? reached('FAILURE') : null,
    retried: lastTime((one) => one === 'RETRYING'),
    revoked: state === 'REVOKED' ? reached('REVOKED') : null,
    timestamp: seconds(history.at(-1)?.at ?? createdAt),
    runtime:
      started !== null && succeeded !== null ? Math.max(0, Math.round((succeeded - started) * 1_000) / 1_000) : null,
    retries: Math.max(0, event.attempts - 1),
    eta: status === 'RETRYING' && event.dueAt ? event.dueAt.toISOString() : null,
    result: null,
    exception: deadLetter ? [deadLetter.reason, deadLetter.errorClass].filter(Boolean).join(': ') : null,
    traceback: null,
    provider,
  };
}
export type Task = ReturnType<typeof toTask>;

/** Without what the provider said, which may hold anything. */
export function toTaskAttempt({ number, provider, startedAt, duration, outcome, errorClass, code }: AttemptDocument) {
  return {
    number,
    provider,
    started: seconds(startedAt),
    duration: duration / 1_000,
    outcome,
    error: errorClass ?? null,
    code: code ?? null,
  };
}
export type TaskAttempt = ReturnType<typeof toTaskAttempt>;

function recipientsOf({ payload }: TaskDocument): string[] {
  return [payload?.to ?? []]
    .flat()
    .map((one: string | Mailbox) => maskRecipient(typeof one === 'string' ? one : one.address));
}

const seconds = (at: Date): number => at.getTime() / 1_000;
