import { emailAddress } from '@postrider/shared/events/payloads/mailbox.ts';
import { phoneNumberOf } from './phone-number.ts';

/** Who is named by `email` and `phone` among the free fields of a former request. What is no address there names nobody. */
export function namedRecipients(
  fields: Record<string, unknown> | null | undefined,
  country: string,
): Record<string, string> {
  const { email: address, phone } = fields ?? {};
  // Texts alone are parsed: zod throws at some other things.
  const email = typeof address === 'string' ? emailAddress.safeParse(address).data : undefined;
  const number = typeof phone === 'string' ? phoneNumberOf(phone, country) : undefined;
  return { ...(email !== undefined && { email }), ...(number !== undefined && { phone: number }) };
}
