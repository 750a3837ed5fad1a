import { CHANNELS, PROVIDER_NAMES } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { ERROR_CLASSES, type ErrorClass } from '@postrider/shared/events/send-result.ts';
import { z } from 'zod';

const oneOrMore = <T extends string>(name: z.ZodType<T>) =>
  z.union([name.transform((one) => [one] as T[]), z.array(name).min(1)]);

const type = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:\.\*)?$/, 'must be a type, such as payment.failed or payment.*');

/** What a rule is for; what it leaves out may be anything. */
export const match = z.strictObject({
  channel: oneOrMore(z.enum(CHANNELS)).optional(),
  provider: oneOrMore(z.enum(PROVIDER_NAMES)).optional(),
  errorClass: oneOrMore(z.enum(ERROR_CLASSES)).optional(),
  /** Of the typed event that the event comes from. */
  type: oneOrMore(type).optional(),
});
export type Match = z.output<typeof match>;

/** What rules can know of an event; its error class is undefined while no attempt has failed. */
export type Failing = Pick<EventDocument, 'channel' | 'provider' | 'type'> & { errorClass: ErrorClass | undefined };

export function matches(match: Match, { channel, provider, type, errorClass }: Failing): boolean {
  return (
    (match.channel?.includes(channel) ?? true) &&
    (match.provider?.includes(provider) ?? true) &&
    (!match.errorClass || (errorClass !== undefined && match.errorClass.includes(errorClass))) &&
    (!match.type || (type !== undefined && match.type.some((pattern) => isOfType(type, pattern))))
  );
}

function isOfType(type: string, pattern: string): boolean {
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
