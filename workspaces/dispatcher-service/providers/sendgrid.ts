import type { EmailMessage } from '@postrider/shared/events/payloads.ts';
import { type Mailbox, mailbox } from '@postrider/shared/events/payloads/mailbox.ts';
import { z } from 'zod';
import { type ComposedEmail, composeEmail, namesOf } from './email-message.ts';
import { withoutAnswer } from './http-exchange.ts';
import { type Answered, below, JsonApi, parseJson, refused, senseless } from './json-api.ts';
import type { Provider, SendContext } from './provider.ts';
import { areGiven } from './required-settings.ts';
import { classOfSendGridError } from './sendgrid-error.ts';

export const sendgridSettings = {
  SENDGRID_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be an API key')
    .optional(),
  /** Sender of e-mails that name none: `a@b.example` or `Name <a@b.example>`. */
  SENDGRID_FROM: mailbox.optional(),
  /** SendGrid's region, https://api.eu.sendgrid.com say, or the sandbox. */
  SENDGRID_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .default('https://api.sendgrid.com'),
  /** Of the signed event webhook. Without it, nobody reads SendGrid's reports, and its acceptance counts as delivery. */
  SENDGRID_WEBHOOK_PUBLIC_KEY: z.string().min(1).optional(),
};

/** @returns undefined where SendGrid is not configured. @throws ConfigError where it is by half. */
export function createSendGridProvider(
  settings: z.output<z.ZodObject<typeof sendgridSettings>>,
): Provider<EmailMessage> | undefined {
  if (!areGiven(settings, ['SENDGRID_API_KEY', 'SENDGRID_FROM'])) return undefined;
  const { SENDGRID_API_KEY: key, SENDGRID_FROM: from, SENDGRID_WEBHOOK_PUBLIC_KEY: reports } = settings;
  const url = below(settings.SENDGRID_BASE_URL, '/v3/mail/send');
  const api = new JsonApi();

  return {
    destination: () => 'sendgrid',

    async send(message, context) {
      const body = requestOf(composeEmail(message, from, context), context);
      const ended = await api.post(url, body, { authorization: `Bearer ${key}` }, context.signal);
      if (ended.kind !== 'answered') return withoutAnswer(ended, context.signal);
      const refusal = refusalOf(ended, message);
      if (refusal) return refused(ended, refusal, [...namesOf(message), key]);
      // It stands at the start of `sg_message_id` in SendGrid's reports.
      const messageId = ended.headers['x-message-id'];
      if (typeof messageId !== 'string') return senseless(ended);
      return { outcome: reports === undefined ? 'delivered' : 'accepted', messageId };
    },

    close: () => api.close(),
  };
}

/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send */
function requestOf(mail: ComposedEmail, { eventId, attempt }: SendContext): object {
  const { from, to, cc, bcc, replyTo, subject, text, html, messageId, headers, attachments } = mail;
  return {
    personalizations: [
      {
        to: to.map(asObject),
        ...(cc.length > 0 && { cc: cc.map(asObject) }),
        ...(bcc.length > 0 && { bcc: bcc.map(asObject) }),
      },
    ],
    from: asObject(from),
    ...(replyTo && { reply_to: asObject(replyTo) }),
    subject,
    content: [
      ...(text === undefined ? [] : [{ type: 'text/plain', value: text }]),
      ...(html === undefined ? [] : [{ type: 'text/html', value: html }]),
    ],
    ...(attachments.length > 0 && {
      attachments: attachments.map(({ filename, contentType, content }) => ({
        content,
        // Refused with a semicolon.
        type: contentType.replace(/;.*/, ''),
        filename,
        disposition: 'attachment',
      })),
    }),
    headers: { 'Message-ID': messageId, ...headers },
    // Come back in SendGrid's reports; there is no idempotency key.
    custom_args: { eventId, attempt: String(attempt) },
  };
}

/** SendGrid refuses names with a comma or a semicolon. */
function asObject({ name, address }: Mailbox): { email: string; name?: string } {
  const plain = name.replace(/[,;]+/g, ' ').trim();
  return { email: address, ...(plain && { name: plain }) };
}

const answer = z.object({
  errors: z.array(z.object({ message: z.string(), field: z.string().nullish().catch(undefined) })),
});

function refusalOf(ended: Answered, message: EmailMessage) {
  const errors = answer.safeParse(parseJson(ended.body)).data?.errors ?? [];
  if (ended.status >= 200 && ended.status < 300 && errors.length === 0) return undefined;
  const { error, ...classified } = classOfSendGridError(errors, ended.status, message.from !== undefined);
  return { ...classified, code: ended.status, detail: error?.message, retryAfterMs: waitOf(ended) };
}

/**
 * Where there is no Retry-After: the second at which the limit starts anew.
 * https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits
 */
function waitOf({ status, headers, retryAfter }: Answered): number | undefined {
  const reset = headers['x-ratelimit-reset'];
  if (status !== 429 || retryAfter !== undefined || typeof reset !== 'string') return undefined;
  return /^\d{10}$/.test(reset) ? Math.max(0, Number(reset) * 1_000 - Date.now()) : undefined;
}
