import { z } from 'zod';
import { isExactNumber } from '../../service/exact-json.ts';

/** An object whose keys the client chooses. A bare z.record drops a `__proto__` key without a word. */
export function recordOf<Name extends z.ZodType<string, string>, Value extends z.ZodType>(name: Name, value: Value) {
  return z
    .unknown()
    .superRefine((given, context) => {
      if (typeof given !== 'object' || given === null) return;
      // A number that a double does not hold is an object here: it would become a record with its text in it.
      if (isExactNumber(given)) context.addIssue({ code: 'custom', message: 'must be an object' });
      if (!Object.hasOwn(given, '__proto__')) return;
      context.addIssue({ code: 'custom', path: ['__proto__'], message: 'this name is not allowed' });
    })
    .pipe(z.record(name, value))
    .meta({ type: 'object', additionalProperties: { type: 'string' } });
}
