import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A setting that names a file: read at the start, and kept as its text without blanks around it. */
export function textFile() {
  return z.string().transform((path, context): string => {
    try {
      const text = readFileSync(path, 'utf8').trim();
      if (text) return text;
      context.addIssue('names an empty file');
    } catch (error) {
      context.addIssue(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    return z.NEVER;
  });
}
