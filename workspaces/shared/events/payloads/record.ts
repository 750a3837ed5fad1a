import { z } from 'zod';

/** An object whose keys the client chooses. A bare z.record drops a `__proto__` key without a word. */
export function recordOf<Name extends z.ZodType<string, string>, Value extends z.ZodType>(name: Name, value: Value) {
  return z
    .unknown()
    .superRefine((given, context) => {
      if (typeof given !== 'object' || given === null || !Object.hasOwn(given, '__proto__')) return;
      context.addIssue({ code: 'custom', path: ['__proto__'], message: 'this name is not allowed' });
    })
    .pipe(z.record(name, value))
    .meta({ type: 'object', additionalProperties: { type: 'string' } });
}
