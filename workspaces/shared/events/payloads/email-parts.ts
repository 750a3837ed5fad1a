import { z } from 'zod';
import { text } from '../text.ts';
import { emailAddress } from './mailbox.ts';
import { recordOf } from './record.ts';

// With the event's 256 KiB this bounds size as well as number.
const MAX_ATTACHMENTS = 20;

const token = "[A-Za-z0-9!#$&^_.+'-]{1,60}";
const CONTENT_TYPE = new RegExp(
  `^${token}/${token}(?:; ?${token}=(?:${token}|"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]{0,60}"))*$`,
);

const attachment = z.strictObject({
  filename: text()
    .min(1)
    .max(255)
    // Paths, and what makes a name look like another one (bidirectional overrides).
    .regex(/^[^\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]+$/u, 'must be a file name without a path')
    .refine((name) => !/^\.{1,2}$/.test(name.trim()) && name.trim() !== '', 'must be a file name without a path'),
  contentType: z
    .string()
    .max(200)
    .regex(CONTENT_TYPE, 'must be a content type, such as application/pdf')
    .refine((type) => !/^(?:multipart|message)\//i.test(type), 'must not be a multipart or message type')
    .optional(),
  content: z.base64('must be base64').min(1),
});
export type Attachment = z.output<typeof attachment>;

export const attachments = z.array(attachment).min(1).max(MAX_ATTACHMENTS);

// Those of the message itself and of its way, which Postrider and mail servers write, and those by which a provider is
// told to do something else with it, such as X-SMTPAPI, X-MC-BccAddress or X-Mailgun-Recipient-Variables.
const RESERVED_HEADER = new RegExp(
  `^(?:${[
    'from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*',
    'received.*|return-path|resent-.*|delivered-to|envelope-to|apparently-to|errors-to|x-original-.*|x-envelope-.*',
    'dkim-.*|domainkey-.*|arc-.*|authentication-.*',
    'list-unsubscribe.*',
    'x-postrider-.*|x-sg-.*|x-smtpapi|x-mailgun-.*|x-ses-.*|x-pm-.*|x-mc-.*|x-msys-.*|x-mj-.*|x-sib-.*|feedback-forwarding.*',
  ].join('|')})$`,
  'i',
);

const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,75}$/, 'must be a header name')
  .refine((name) => !RESERVED_HEADER.test(name), 'this header is set by Postrider or by mail servers');

// A line has 998 characters at most (RFC 5322, 2.1.1). Not every provider encodes what is not ASCII.
const headerValue = z.string().regex(/^[\x20-\x7e]{1,900}$/, 'must be one line of up to 900 ASCII characters');

/** Mailgun takes 16 KiB of headers and variables in all; ours and List-Unsubscribe are in that. */
const MAX_HEADER_CHARACTERS = 8_000;

export const emailHeaders = recordOf(headerName, headerValue).superRefine((given, context) => {
  const lines = Object.entries(given);
  const characters = lines.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (characters > MAX_HEADER_CHARACTERS) {
    context.addIssue({ code: 'custom', message: `at most ${MAX_HEADER_CHARACTERS} characters of headers` });
  }
  if (new Set(lines.map(([name]) => name.toLowerCase())).size < lines.length) {
    context.addIssue({ code: 'custom', message: 'each header only once' });
  }
});

/** Where readers say that they want no more of this: RFC 2369, 3.2; an https address serves one click too (RFC 8058). */
export const listUnsubscribe = z
  .strictObject({
    url: z
      .string()
      .max(900)
      // As it stands in the header: nothing that could end the angle brackets around it, or the line.
      .regex(/^https?:\/\/[\x21-\x3b\x3d\x3f-\x7e]+$/i, 'must be an http or https URL in ASCII')
      .refine(
        (url) => URL.canParse(url) && !new URL(url).username && !new URL(url).password,
        'must be a URL without credentials',
      )
      .optional(),
    mailto: emailAddress.optional(),
  })
  .refine(({ url, mailto }) => url !== undefined || mailto !== undefined, 'either url or mailto is required');
