import { z } from 'zod';
import type { ParsedMail } from '../smtp/mail.ts';

const mailbox = z.object({ email: z.string(), name: z.string().optional() });
export type Mailbox = z.output<typeof mailbox>;

/** A mail as SendGrid's API takes it: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send */
export const mailSend = z.object({
  personalizations: z
    .array(
      z.object({
        to: z.array(mailbox).default([]),
        cc: z.array(mailbox).default([]),
        bcc: z.array(mailbox).default([]),
      }),
    )
    .default([]),
  from: mailbox.optional(),
  reply_to: mailbox.optional(),
  subject: z.string().default(''),
  content: z.array(z.object({ type: z.string(), value: z.string() })).default([]),
  attachments: z
    .array(
      z.object({
        content: z.string(),
        filename: z.string(),
        type: z.string().optional(),
        disposition: z.string().default('attachment'),
      }),
    )
    .default([]),
  headers: z.record(z.string(), z.string()).default({}),
  custom_args: z.record(z.string(), z.string()).default({}),
});
export type MailSend = z.output<typeof mailSend>;

/** Everybody who gets the mail, with the place in the request. */
export function recipientsIn({ personalizations }: MailSend): { field: string; mailbox: Mailbox }[] {
  return personalizations.flatMap((each, at) =>
    (['to', 'cc', 'bcc'] as const).flatMap((kind) =>
      each[kind].map((mailbox, n) => ({ field: `personalizations.${at}.${kind}.${n}`, mailbox })),
    ),
  );
}

/** The mail as its reader gets it: nobody sees who stands in bcc. */
export function parsedMail(request: MailSend, source: string): ParsedMail {
  const { personalizations, from, reply_to: replyTo, subject, content, attachments } = request;
  const contentOf = (type: string): string | null => content.find((part) => part.type === type)?.value ?? null;
  const list = (kind: 'to' | 'cc'): string =>
    personalizations
      .flatMap((each) => each[kind])
      .map(asText)
      .join(', ');
  const cc = list('cc');
  const headers: Record<string, string> = {
    from: from ? asText(from) : '',
    to: list('to'),
    ...(cc && { cc }),
    ...(replyTo && { 'reply-to': asText(replyTo) }),
    subject,
  };
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  return {
    sender: from?.email ?? null,
    id: request.custom_args['eventId'] ?? null,
    messageId: headers['message-id'] ?? null,
    subject,
    text: contentOf('text/plain'),
    html: contentOf('text/html'),
    headers,
    body: source,
    parts: [
      ...content.map(({ type, value }) => ({ type, name: null, disposition: null, bytes: Buffer.byteLength(value) })),
      ...attachments.map(({ type = 'application/octet-stream', filename, disposition, content }) => ({
        type,
        name: filename,
        disposition,
        bytes: Buffer.byteLength(content, 'base64'),
      })),
    ],
  };
}

function asText({ email, name }: Mailbox): string {
  return name ? `${name} <${email}>` : email;
}
