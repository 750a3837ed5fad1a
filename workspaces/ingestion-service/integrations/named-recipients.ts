import { emailAddress } from '@postrider/shared/events/payloads/mailbox.ts';
import { z } from 'zod';
import { phoneNumberOf } from './phone-number.ts';

const named = z.object({
  email: emailAddress.optional().catch(undefined),
  phone: z.string().optional().catch(undefined),
});

/** Who is named by `email` and `phone` among the free fields of a former request. What is no address there names nobody. */
export function namedRecipients(fields: unknown, country: string): Record<string, string> {
  const { email, phone } = named.catch({}).parse(fields);
  const number = phone === undefined ? undefined : phoneNumberOf(phone, country);
  return { ...(email !== undefined && { email }), ...(number !== undefined && { phone: number }) };
}
