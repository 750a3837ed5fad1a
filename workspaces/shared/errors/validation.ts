import type { z } from 'zod';
import { AppError, type FieldError } from './app-error.ts';

/** Faults told at most: an answer is not to be many times as large as its request. */
const MAX_FIELDS = 100;

/** Each zod issue as a field error, the first 100; an unknown key is named by its own path, so that a client sees which one. */
export function toFieldErrors(error: z.ZodError, prefix = ''): FieldError[] {
  const fields = error.issues.flatMap((issue) => {
    const at = [...(prefix ? [prefix] : []), ...issue.path.map(String)];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...at, key].join('.'), message: 'unknown field' }));
    }
    // A record's key: what is wrong with it stands one level deeper.
    const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return [{ path: at.join('.') || '(body)', message }];
  });
  return fields.slice(0, MAX_FIELDS);
}

/** @throws AppError `validation_failed` with every faulty field. */
export function parseOrThrow<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = parseHostile(schema, input);
  if (result.success) return result.data;
  throw new AppError('validation_failed', 'the request has faulty fields', { fields: toFieldErrors(result.error) });
}

/**
 * What a client sent, parsed. zod compares the `length` of whatever has one, also where it asked for a text, and throws at one
 * that cannot be compared, `{"length": {"valueOf": 1}}` (4.6.7, `_whenHasLength`): such a thing is faulty, and is named.
 */
export function parseHostile<T extends z.ZodType>(schema: T, input: unknown): z.ZodSafeParseResult<z.output<T>> {
  try {
    return schema.safeParse(input);
  } catch (error) {
    const result = schema.safeParse(withComparableLengths(input));
    if (result.success) throw error;
    return result;
  }
}

function withComparableLengths(input: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(input), (key, value) =>
      key === 'length' && typeof value === 'object' ? 0 : value,
    );
  } catch {
    // Nested too deep for that. No schema takes it.
    return Symbol('nested too deep');
  }
}
