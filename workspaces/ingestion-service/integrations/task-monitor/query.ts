import { z } from 'zod';
import { STATES, TASK_NAMES } from './task.ts';

const MAX_TASKS = 1_000;
const MAX_OFFSET = 10_000;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** A time as Flower's users write it; UTC. */
const minute = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d$/, 'must be a time such as 2030-01-31 09:00')
  .transform((text) => new Date(`${text.replace(' ', 'T')}:00Z`))
  .refine((at) => !Number.isNaN(at.getTime()), 'is no time');

/** `All` is Flower's word for any. */
const oneOf = <T extends string>(names: readonly T[]) =>
  z.enum(['All', ...names]).transform((name) => (name === 'All' ? undefined : (name as T)));

/**
 * The query of `GET /api/tasks`, as Flower has it: https://flower.readthedocs.io/en/latest/api.html. Its `workername`, `search` and
 * `sort_by` are refused: nothing here could answer them.
 */
export const tasksQuery = z.strictObject({
  limit: wholeNumber(1, MAX_TASKS).default(100),
  offset: wholeNumber(0, MAX_OFFSET).default(0),
  taskname: oneOf(TASK_NAMES).optional(),
  state: oneOf(STATES).optional(),
  received_start: minute.optional(),
  received_end: minute.optional(),
});
export type TasksQuery = z.output<typeof tasksQuery>;
