import type { Case } from '../cases/case.ts';
import type { Answer } from '../wire/answer.ts';

interface Problem {
  status?: unknown;
  code?: unknown;
  detail?: unknown;
  errors?: { path: string; message: string }[];
}

/** What is wrong with an answer, by itself; undefined when nothing is. Pure. */
export function faultOfAnswer(done: Case, { status, headers, text }: Answer): string | undefined {
  if (done.only && !done.only.includes(status)) return `a ${status}, instead of ${done.only.join(' or ')}`;
  if (status >= 500) return done.may?.includes(status) ? undefined : `a ${status}`;
  if (/\bat [^ ]+ \(?(?:file|node):|node_modules|\/workspaces\//.test(text)) return 'an answer that shows our inside';
  if (status < 200 || (status >= 300 && status < 400)) return `a ${status}, which nothing here answers`;
  if (status < 300) return faultOfSuccess(done, status, text);
  if (done.bodyless) return undefined;
  if (done.formerErrors && headers.get('content-type')?.startsWith('application/json')) return faultOfDetail(text);
  if (!headers.get('content-type')?.startsWith('application/problem+json'))
    return `a ${status} that is no problem+json`;
  const problem = JSON.parse(text) as Problem;
  if (problem.status !== status || typeof problem.code !== 'string' || typeof problem.detail !== 'string') {
    return 'a problem that lacks a member';
  }
  return faultOfProblem(done, status, problem);
}

/** The form of an error of the former systems, which were built on FastAPI. */
function faultOfDetail(text: string): string | undefined {
  const { detail } = JSON.parse(text) as { detail?: unknown };
  if (typeof detail === 'string') return undefined;
  const told = Array.isArray(detail) && detail.length > 0 && (detail as { loc?: unknown }[]).every(({ loc }) => loc);
  return told ? undefined : 'an error of a former endpoint that says nothing';
}

function faultOfProblem(
  { json, fault, sound }: Case,
  status: number,
  { code, errors = [] }: Problem,
): string | undefined {
  if (sound && status !== 409) return `a ${status} to an event with which nothing is wrong`;
  if (json !== undefined && code === 'validation_failed' && errors.length === 0) return 'no field is named';
  if (errors.some(({ path, message }) => typeof path !== 'string' || !message)) return 'an error without its field';
  if (fault !== undefined && status !== 400) return `a ${status} to one faulty field, instead of 400`;
  if (fault !== undefined && !errors.some(({ path }) => path === fault || path.startsWith(`${fault}.`)))
    return 'the faulty field is not named';
  return undefined;
}

interface Receipt {
  id?: unknown;
  /** Of a typed event: what it became. */
  children?: { id?: unknown }[];
  results?: { id?: unknown; children?: { id?: unknown }[]; error?: { status: number } }[];
}

function faultOfSuccess({ kind, fault, json }: Case, status: number, text: string): string | undefined {
  if (fault !== undefined) return 'a faulty event was accepted';
  if (kind !== 'batch' || status !== 202) return undefined;
  const { results = [] } = JSON.parse(text) as Receipt;
  const broken = results.find(({ error }) => error && error.status >= 500);
  if (broken) return `a ${broken.error?.status} within a batch`;
  const asked = (JSON.parse(json ?? '{}') as { events?: unknown[] }).events?.length;
  return results.length === asked ? undefined : `${results.length} results to ${asked} events`;
}

/** The ids of the events that an answer says were taken in now; children after their typed event. */
export function acceptedIds({ status, text }: Answer): string[] {
  if (status !== 202 && status !== 201) return [];
  const { results = [], ...single } = JSON.parse(text) as Receipt;
  return [single, ...results]
    .flatMap(({ id, children = [] }) => [id, ...children.map((child) => child.id)])
    .filter((one) => typeof one === 'string');
}
