import { z } from 'zod';
import type { ProviderName } from './channels.ts';
import { pageLimit } from './paging.ts';
import { emailAddress } from './payloads/mailbox.ts';
import { E164 } from './payloads/sms.ts';
import { PERSONAL_CHANNELS, type PersonalChannel } from './recipients.ts';
import { text } from './text.ts';

/**
 * bounce       the address or number does not exist, its provider says
 * complaint    the recipient reported a message as spam
 * unsubscribe  the recipient wants no more messages
 * manual       an operator said so
 */
export const SUPPRESSION_REASONS = ['bounce', 'complaint', 'unsubscribe', 'manual'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** A recipient who gets nothing more by one channel. */
export interface SuppressionDocument {
  /** The recipient's hash. */
  _id: string;
  channel: PersonalChannel;
  /** The recipient as people may see it: `j***@example.com`. */
  recipient: string;
  reason: SuppressionReason;
  /** Who reported it, and about which event. */
  provider?: ProviderName;
  eventId?: string;
  note?: string;
  createdAt: Date;
}

const RECIPIENTS: Record<PersonalChannel, z.ZodType<string>> = {
  email: emailAddress,
  sms: z.string().regex(E164, 'must be a phone number in E.164 form, such as +12025550123'),
  push: text().min(1).max(1_024),
};

const recipient = { channel: z.enum(PERSONAL_CHANNELS), recipient: text() };

function checkRecipient(given: { channel: PersonalChannel; recipient: string }, context: z.core.$RefinementCtx): void {
  const { error } = RECIPIENTS[given.channel].safeParse(given.recipient);
  for (const { message } of error?.issues ?? []) context.addIssue({ code: 'custom', path: ['recipient'], message });
}

/** Somebody who gets messages by a channel, in clear. */
export const recipientRequest = z.strictObject(recipient).superRefine(checkRecipient);

/** The body of `POST /v1/suppressions`. */
export const suppressionRequest = z
  .strictObject({
    ...recipient,
    reason: z.enum(SUPPRESSION_REASONS).default('manual'),
    note: text().min(1).max(500).optional(),
  })
  .superRefine(checkRecipient);

/** The query of `GET /v1/suppressions`; its cursor is `<time>_<id>` of the last one of the page before. */
export const suppressionsQuery = z
  .strictObject({
    channel: z.enum(PERSONAL_CHANNELS).optional(),
    /** In clear; needs the channel. */
    recipient: text().min(1).max(1_024).optional(),
    reason: z.enum(SUPPRESSION_REASONS).optional(),
    limit: pageLimit,
    cursor: z
      .string()
      .regex(/^\d{1,15}_[\w-]{32}$/, 'must be a cursor from a former answer')
      .transform((given) => {
        const at = given.indexOf('_');
        return { at: new Date(Number(given.slice(0, at))), id: given.slice(at + 1) };
      })
      .optional(),
  })
  .refine(({ channel, recipient }) => recipient === undefined || channel !== undefined, {
    message: 'is required with a recipient',
    path: ['channel'],
  });
