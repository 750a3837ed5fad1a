import { z } from 'zod';
import { faultInJson } from '../service/json-shape.ts';

const MAX_JSON_DEPTH = 64;

/** One line: a line break in a header would start another header. */
const headerText = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !/[\r\n\0]/.test(text), 'must be a single line');

// Length limits of RFC 5321 (4.5.3.1) are within zod's own pattern; the total of 254 is of RFC 3696 errata 1690.
const address = z.email('must be an e-mail address').max(254);

export interface Mailbox {
  name: string;
  address: string;
}

/** `a@b.example` or `Name <a@b.example>`: exactly one mailbox. */
const mailbox = headerText(320).transform((text, context): Mailbox => {
  const [, name = '', inner] = /^([^<>]*)<([^<>]+)>$/.exec(text.trim()) ?? [];
  const parsed = address.safeParse((inner ?? text).trim());
  if (!parsed.success) {
    context.addIssue({ code: 'custom', message: 'must be an e-mail address, or Name <address>' });
    return z.NEVER;
  }
  return { name: name.trim().replace(/^"|"$/g, ''), address: parsed.data };
});

export const emailPayload = z
  .strictObject({
    to: mailbox,
    subject: headerText(998),
    text: z.string().min(1).optional(),
    html: z.string().min(1).optional(),
    from: mailbox.optional(),
    replyTo: mailbox.optional(),
  })
  .refine((mail) => mail.text !== undefined || mail.html !== undefined, {
    message: 'either text or html is required',
    path: ['text'],
    // Also where other fields are faulty: all faults are told at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

export const E164 = /^\+[1-9]\d{6,14}$/;

export const smsPayload = z.strictObject({
  to: z.string().regex(E164, 'must be a phone number in E.164 form, such as +12025550123'),
  // Twilio refuses longer bodies (error 21617).
  text: z.string().min(1).max(1_600),
  from: z
    .string()
    .regex(/^(?:\+[1-9]\d{2,14}|[A-Za-z0-9 ]{1,11})$/, 'must be a number in E.164 form or up to 11 letters and digits')
    .optional(),
});

// Hop-by-hop and framing headers, and those that Postrider writes itself.
const RESERVED_HEADER =
  /^(?:connection|content-length|content-type|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|webhook-.*|traceparent)$/i;

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'must be a header name')
  .refine((name) => !RESERVED_HEADER.test(name), 'this header is set by Postrider')
  // Stored under its name: the driver takes `_bsontype` for a BSON value, and throws for the whole batch; `$ref` makes a reference.
  .refine((name) => name !== '_bsontype' && !name.startsWith('$'), 'this header name is not allowed');

const headerValue = z
  .string()
  .max(4_096)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be a header value');

const headers = z
  .record(headerName, headerValue)
  .refine((given) => Object.keys(given).length <= 50, 'at most 50 headers');

export const webhookPayload = z.strictObject({
  url: z
    .string()
    .max(2_048)
    .superRefine((text, context) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
        context.addIssue({ code: 'custom', message: 'must be an http or https URL' });
      } else if (url.username || url.password) {
        context.addIssue({ code: 'custom', message: 'must not hold credentials; use headers' });
      }
    }),
  /** Any JSON value; kept and sent as its text, so that it arrives, and is signed, exactly as stored. */
  body: z.unknown().transform((value, context): string => {
    const fault =
      value === undefined ? 'is required' : faultInJson(value, { maxDepth: MAX_JSON_DEPTH, plainKeys: false });
    if (fault) {
      context.addIssue({ code: 'custom', message: fault });
      return z.NEVER;
    }
    return JSON.stringify(value);
  }),
  headers: headers.optional(),
  /** Standard Webhooks secret: `whsec_` and base64 of 24 to 64 bytes. */
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'must be whsec_ followed by base64 of 24 to 64 bytes')
    .optional(),
});

// Not a z.record: that drops a `__proto__` key without a word.
export const metadata = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .superRefine((value, context) => {
    const fault = faultInJson(value, { maxDepth: 16, plainKeys: true });
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });

/** The payload of each channel: its check, and by `z.output` the form that is stored and that providers get. */
export const PAYLOADS = {
  email: emailPayload,
  sms: smsPayload,
  webhook: webhookPayload,
};

export type EmailMessage = z.output<typeof emailPayload>;
export type SmsMessage = z.output<typeof smsPayload>;
export type WebhookMessage = z.output<typeof webhookPayload>;
export type Payload = EmailMessage | SmsMessage | WebhookMessage;
