import { z } from 'zod';
import { text } from '../text.ts';
import { attachments, emailHeaders, listUnsubscribe } from './email-parts.ts';
import { headerText, type Mailbox, mailbox } from './mailbox.ts';

/** To, cc and bcc together. A server may take no more than 100 at once (RFC 5321, 4.5.3.1.8). */
const MAX_RECIPIENTS = 50;

const mailboxes = z.array(mailbox).min(1).max(MAX_RECIPIENTS);

/** A single mailbox stays one: what is stored, and the hash of a request, are what they were before there were lists. */
const oneOrMore = z
  .union([z.string(), z.array(z.unknown())], 'must be an e-mail address, or a list of them')
  .transform((given, context): Mailbox | Mailbox[] => {
    const { data, error } = typeof given === 'string' ? mailbox.safeParse(given) : mailboxes.safeParse(given);
    if (data) return data;
    for (const { message, path } of error?.issues ?? []) context.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  });

export const emailPayload = z
  .strictObject({
    to: oneOrMore,
    subject: headerText(998),
    text: text().min(1).optional(),
    html: text().min(1).optional(),
    from: mailbox.optional(),
    replyTo: mailbox.optional(),
    cc: mailboxes.optional(),
    bcc: mailboxes.optional(),
    headers: emailHeaders.optional(),
    listUnsubscribe: listUnsubscribe.optional(),
    attachments: attachments.optional(),
  })
  .refine((mail) => recipientsOf(mail).length <= MAX_RECIPIENTS, {
    message: `at most ${MAX_RECIPIENTS} recipients in all`,
    path: ['to'],
  })
  .refine((mail) => mail.text !== undefined || mail.html !== undefined, {
    message: 'either text or html is required',
    path: ['text'],
    // Also where other fields are faulty: all faults are told at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

export type EmailMessage = z.output<typeof emailPayload>;

interface Recipients {
  to: Mailbox | Mailbox[];
  cc?: Mailbox[] | undefined;
  bcc?: Mailbox[] | undefined;
}

/** Everybody who gets the mail: to first, then cc, then bcc. */
export function recipientsOf({ to, cc = [], bcc = [] }: Recipients): Mailbox[] {
  return [...[to].flat(), ...cc, ...bcc];
}
