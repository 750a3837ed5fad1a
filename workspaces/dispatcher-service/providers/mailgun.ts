import type { EmailMessage } from '@postrider/shared/events/payloads.ts';
import { type Mailbox, mailbox } from '@postrider/shared/events/payloads/mailbox.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { z } from 'zod';
import { type ComposedEmail, composeEmail, namesOf } from './email-message.ts';
import { withoutAnswer } from './http-exchange.ts';
import { type Answered, below, JsonApi, parseJson, refused, senseless } from './json-api.ts';
import { classOfMailgunError, waitInWords } from './mailgun-error.ts';
import type { Provider, SendContext } from './provider.ts';
import { areGiven } from './required-settings.ts';

export const mailgunSettings = {
  MAILGUN_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be an API key')
    .optional(),
  /** The sending domain, as Mailgun knows it. */
  MAILGUN_DOMAIN: z.hostname('must be a domain').optional(),
  /** Sender of e-mails that name none: `a@b.example` or `Name <a@b.example>`. */
  MAILGUN_FROM: mailbox.optional(),
  /** https://api.eu.mailgun.net for domains of the EU region, or the sandbox. */
  MAILGUN_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .default('https://api.mailgun.net'),
  /** Signs Mailgun's reports. Without it, nobody reads them, and acceptance by Mailgun counts as delivery. */
  MAILGUN_WEBHOOK_SIGNING_KEY: z.string().min(1).optional(),
};

/** @returns undefined where Mailgun is not configured. @throws ConfigError where it is by half. */
export function createMailgunProvider(
  settings: z.output<z.ZodObject<typeof mailgunSettings>>,
): Provider<EmailMessage> | undefined {
  if (!areGiven(settings, ['MAILGUN_API_KEY', 'MAILGUN_DOMAIN', 'MAILGUN_FROM'])) return undefined;
  const { MAILGUN_API_KEY: key, MAILGUN_FROM: from, MAILGUN_WEBHOOK_SIGNING_KEY: reports } = settings;
  const url = below(settings.MAILGUN_BASE_URL, `/v3/${settings.MAILGUN_DOMAIN}/messages`);
  const authorization = `Basic ${Buffer.from(`api:${key}`).toString('base64')}`;
  const api = new JsonApi();

  return {
    destination: () => 'mailgun',

    async send(message, context) {
      // The platform's own encoder of multipart/form-data.
      const form = new Response(formOf(composeEmail(message, from, context), context));
      const headers = { authorization, 'content-type': form.headers.get('content-type') ?? '' };
      const ended = await api.post(url, Buffer.from(await form.arrayBuffer()), headers, context.signal);
      if (ended.kind !== 'answered') return withoutAnswer(ended, context.signal);
      return resultOf(ended, reports === undefined ? 'delivered' : 'accepted', [...namesOf(message), key]);
    },

    close: () => api.close(),
  };
}

/** https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/post-v3--domain-name--messages */
function formOf(mail: ComposedEmail, { eventId, attempt }: SendContext): FormData {
  const form = new FormData();
  form.append('from', asText(mail.from));
  for (const kind of ['to', 'cc', 'bcc'] as const) {
    for (const recipient of mail[kind]) form.append(kind, asText(recipient));
  }
  form.append('subject', mail.subject);
  if (mail.text !== undefined) form.append('text', mail.text);
  if (mail.html !== undefined) form.append('html', mail.html);
  for (const { filename, contentType, content } of mail.attachments) {
    form.append('attachment', new Blob([Buffer.from(content, 'base64')], { type: contentType }), filename);
  }
  if (mail.replyTo) form.append('h:Reply-To', asText(mail.replyTo));
  form.append('h:Message-Id', mail.messageId);
  for (const [name, value] of Object.entries(mail.headers)) form.append(`h:${name}`, value);
  // Come back in Mailgun's reports; there is no idempotency key.
  form.append('v:eventId', eventId);
  form.append('v:attempt', String(attempt));
  return form;
}

/** RFC 5322, 3.4: the name as a quoted string. */
function asText({ name, address }: Mailbox): string {
  return name ? `"${name.replace(/["\\]/g, '\\$&')}" <${address}>` : address;
}

const answer = z.object({
  id: z.string().min(1).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

function resultOf(ended: Answered, success: 'delivered' | 'accepted', hidden: string[]): SendResult {
  const body = answer.safeParse(parseJson(ended.body)).data;
  if (ended.status >= 200 && ended.status < 300) {
    return body?.id === undefined ? senseless(ended) : { outcome: success, messageId: body.id };
  }
  // 401 has plain text.
  const message = body?.message ?? ended.body;
  const classified = classOfMailgunError(message, ended.status);
  const wait = waitInWords(message, Date.now());
  return refused(ended, { ...classified, code: ended.status, detail: message, retryAfterMs: wait }, hidden);
}
