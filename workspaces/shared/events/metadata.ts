import { z } from 'zod';
import { faultInJson } from '../service/json-shape.ts';

// Not a z.record: that drops a `__proto__` key without a word.
export const metadata = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .superRefine((value, context) => {
    const fault = faultInJson(value, { maxDepth: 16, storable: true });
    if (fault) context.addIssue({ code: 'custom', message: fault });
  })
  .meta({ type: 'object' });
