import { createHash } from 'node:crypto';
import type { DryRun } from '../api/answers.ts';
import { filterOf } from '../forms/filter.ts';
import { FIELDS } from './filter.ts';

/** A replay as forms carry it: from the list to the dry run, and from there, unchanged, to its start. */
export type ReplayForm = Partial<Record<string, string>>;

/** Dead letters that come after the dry run was asked for are not meant. */
export function withEnd(form: ReplayForm, now: Date): ReplayForm {
  return { ...form, to: form['to'] || now.toISOString() };
}

/** The fields that say what is to be replayed: all but `shown`. */
export function orderOf(form: ReplayForm): Record<string, string> {
  return filterOf([...FIELDS, ...OTHERS.map((name) => ({ name, label: name }))], form);
}
const OTHERS = ['id', 'limit', 'ratePerSecond'];

/** The body of `POST /v1/dead-letters/replay`. What is no number is left to the service to name. */
export function toRequest(form: ReplayForm): { filter: object; limit?: number; ratePerSecond?: number } {
  const { id, limit, ratePerSecond } = form;
  return {
    filter: { ...filterOf(FIELDS, form), ...(id && { ids: [id] }) },
    ...(limit && { limit: Number(limit) }),
    ...(ratePerSecond && { ratePerSecond: Number(ratePerSecond) }),
  };
}

/** The same for two dry runs that show the same. */
export function digestOf({ counts, ...totals }: DryRun): string {
  const lines = counts.map(({ channel, reason, count }) => `${channel} ${reason} ${count}`).toSorted();
  return createHash('sha256')
    .update(JSON.stringify([totals, lines]))
    .digest('base64url');
}
