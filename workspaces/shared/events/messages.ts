import { z } from 'zod';
import { DEAD_LETTER_REASONS } from './event.ts';
import { ERROR_CLASSES } from './send-result.ts';

/** On critical-, default- and retry-events: which event to send. Everything else stands in MongoDB. */
export const workMessage = z.strictObject({ id: z.uuid() });
export type WorkMessage = z.output<typeof workMessage>;

/** On failed-events: which event to decide on, and how many attempts it had. */
export const failedMessage = z.strictObject({ id: z.uuid(), attempt: z.number().int().nonnegative() });
export type FailedMessage = z.output<typeof failedMessage>;

/** On dead-letter-events: for whoever wants to follow along. */
export const deadLetterMessage = z.strictObject({
  id: z.uuid(),
  channel: z.string(),
  provider: z.string(),
  priority: z.string(),
  reason: z.enum(DEAD_LETTER_REASONS),
  errorClass: z.enum(ERROR_CLASSES).optional(),
  attempts: z.number().int().nonnegative(),
  deadLetteredAt: z.iso.datetime(),
});
export type DeadLetterMessage = z.output<typeof deadLetterMessage>;

/** Parses the text of a message. @throws on anything that is not of the schema. */
export function messageParser<T extends z.ZodType>(schema: T): (value: string) => z.output<T> {
  return (value) => schema.parse(JSON.parse(value));
}
