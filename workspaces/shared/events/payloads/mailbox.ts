import { z } from 'zod';
import { text } from '../text.ts';

/** One line: a line break in a header would start another header. */
export const headerText = (max: number) =>
  text()
    .min(1)
    .max(max)
    .refine((line) => !/[\r\n\0]/.test(line), 'must be a single line');

// RFC 5321, 4.5.3.1.1: 64 octets before the @; the total of 254 is of RFC 3696 errata 1690.
export const emailAddress = z
  .email('must be an e-mail address')
  .max(254)
  .refine((address) => address.indexOf('@') <= 64, 'must be an e-mail address');

export interface Mailbox {
  name: string;
  address: string;
}

/** `a@b.example` or `Name <a@b.example>`: exactly one mailbox. */
export const mailbox = headerText(320).transform((text, context): Mailbox => {
  const [, name = '', inner] = /^([^<>]*)<([^<>]+)>$/.exec(text.trim()) ?? [];
  const parsed = emailAddress.safeParse((inner ?? text).trim());
  if (!parsed.success) {
    context.addIssue({ code: 'custom', message: 'must be an e-mail address, or Name <address>' });
    return z.NEVER;
  }
  return { name: name.trim().replace(/^"|"$/g, ''), address: parsed.data };
});
