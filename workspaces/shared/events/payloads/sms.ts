import { z } from 'zod';
import { text } from '../text.ts';

export const E164 = /^\+[1-9]\d{6,14}$/;

export const smsPayload = z.strictObject({
  to: z.string().regex(E164, 'must be a phone number in E.164 form, such as +12025550123'),
  // Twilio refuses longer bodies (error 21617).
  text: text().min(1).max(1_600),
  from: z
    .string()
    .regex(/^(?:\+[1-9]\d{2,14}|[A-Za-z0-9 ]{1,11})$/, 'must be a number in E.164 form or up to 11 letters and digits')
    .optional(),
  /** Whose e-mail gateway reaches the phone; for the provider email-to-sms, and only there. */
  carrier: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 &.'_-]{0,39}$/, 'must be the name of a carrier')
    .optional(),
});

export type SmsMessage = z.output<typeof smsPayload>;
