import type { EmailMessage } from '@postrider/shared/events/payloads.ts';
import { mailbox } from '@postrider/shared/events/payloads/mailbox.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { port, wholeNumber } from '@postrider/shared/service/config.ts';
import { activeSpan } from '@postrider/shared/service/tracing/active-span.ts';
import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import { z } from 'zod';
import { type ComposedEmail, composeEmail, namesOf } from './email-message.ts';
import type { Provider, SendContext } from './provider.ts';
import { publicDetail } from './public-detail.ts';
import { areGiven } from './required-settings.ts';
import { classOfReply } from './smtp-reply.ts';

export const smtpSettings = {
  SMTP_HOST: z.string().min(1).optional(),
  SMTP_PORT: port().default(587),
  SMTP_USER: z.string().min(1).optional(),
  SMTP_PASSWORD: z.string().min(1).optional(),
  /** TLS from the first byte; by default on port 465 only. */
  SMTP_SECURE: z.stringbool().optional(),
  /** Refuse to go on where STARTTLS is not offered; by default when there is a password to protect. */
  SMTP_REQUIRE_TLS: z.stringbool().optional(),
  /** Sender of e-mails that name none: `a@b.example` or `Name <a@b.example>`. */
  SMTP_FROM: mailbox.optional(),
  /** Connections at once. */
  SMTP_POOL_SIZE: wholeNumber(1, 200).default(10),
};

const CREDENTIALS = ['SMTP_USER', 'SMTP_PASSWORD'] as const;

/** A message as our plugin gets to see it. */
interface TrackedMail extends SendMailOptions {
  onHandedOver(): void;
}

/** @returns undefined where SMTP is not configured. @throws ConfigError where it is by half. */
export function createSmtpProvider(
  settings: z.output<z.ZodObject<typeof smtpSettings>>,
): Provider<EmailMessage> | undefined {
  const { SMTP_USER: user = '', SMTP_PASSWORD: pass = '' } = settings;
  const authenticates = Boolean(user || pass);
  if (!areGiven(settings, ['SMTP_HOST', 'SMTP_FROM', ...(authenticates ? CREDENTIALS : [])])) return undefined;

  const transport = createTransport({
    pool: true,
    host: settings.SMTP_HOST,
    port: settings.SMTP_PORT,
    secure: settings.SMTP_SECURE ?? settings.SMTP_PORT === 465,
    requireTLS: settings.SMTP_REQUIRE_TLS ?? authenticates,
    ...(authenticates && { auth: { user, pass } }),
    maxConnections: settings.SMTP_POOL_SIZE,
    // nodemailer takes a message to another connection only while not a byte of it was sent.
    maxRequeues: 2,
    // How long a server may take to close its side, in milliseconds.
    socketCloseTimeout: 1_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transport.use('stream', (mail, done) => {
    // The end of this stream makes nodemailer write the final dot, the last moment at which nothing is accepted yet.
    mail.message.processFunc((source) => source.once('end', () => (mail.data as TrackedMail).onHandedOver()));
    done();
  });

  return {
    destination: () => 'smtp',
    capacity: settings.SMTP_POOL_SIZE,

    async send(message, context) {
      activeSpan.getStore()?.set({
        'server.address': settings.SMTP_HOST,
        'server.port': settings.SMTP_PORT,
        'network.protocol.name': 'smtp',
      });
      let handedOver = false;
      const mail: TrackedMail = {
        ...mailOf(composeEmail(message, settings.SMTP_FROM, context), context),
        onHandedOver: () => {
          handedOver = true;
        },
      };
      const hidden = [...namesOf(message), user, pass];
      try {
        const { messageId, serverMessageId, response, ...envelope } = await transport.sendMail(mail);
        return {
          outcome: 'delivered',
          messageId: serverMessageId ?? messageId,
          detail: publicDetail(partlyRefused(envelope) + response, hidden),
        };
      } catch (error) {
        const failure = failureOf(error as NodemailerError, handedOver, context.signal);
        return { ...failure, detail: publicDetail(failure.detail, hidden) };
      }
    },

    close: async () => transport.close(),
  };
}

function mailOf(mail: ComposedEmail, { createdAt, eventId, signal }: SendContext): SendMailOptions {
  const { from, to, cc, bcc, replyTo, subject, text, html, messageId, headers, attachments } = mail;
  return {
    from,
    to,
    cc,
    // In the envelope alone.
    bcc,
    ...(replyTo && { replyTo }),
    subject,
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    attachments: attachments.map((attachment) => ({ ...attachment, encoding: 'base64' })),
    headers,
    messageId,
    date: createdAt,
    baseBoundary: eventId,
    xMailer: false,
    signal,
  };
}

interface Envelope {
  accepted: string[];
  rejected: string[];
  rejectedErrors?: NodemailerError[] | undefined;
}

/** Those who were refused by themselves, while the others get the mail: sent again it would come to these twice. */
function partlyRefused({ accepted, rejected, rejectedErrors = [] }: Envelope): string {
  if (rejected.length === 0) return '';
  const all = accepted.length + rejected.length;
  const replies = new Set(rejectedErrors.map(({ response }) => response));
  return `${rejected.length} of ${all} recipients refused: ${[...replies].join('; ')}; the others: `;
}

// nodemailer's own refusals, before anything is sent: no valid envelope, larger than the server takes, unreadable.
const UNSENDABLE = new Set(['EENVELOPE', 'EMESSAGE', 'ESTREAM', 'EFILEACCESS', 'EURLACCESS']);

function failureOf(
  error: NodemailerError,
  handedOver: boolean,
  signal: AbortSignal,
): Extract<SendResult, { outcome: 'failed' }> {
  if (error.responseCode !== undefined && error.response !== undefined) {
    const reply = { code: error.responseCode, text: error.response, command: error.command ?? '' };
    return { outcome: 'failed', code: String(reply.code), detail: reply.text, ...classOfReply(reply) };
  }
  const code = signal.aborted ? 'TIME_LIMIT' : (error.originalCode ?? error.code ?? 'UNKNOWN');
  const failed = { outcome: 'failed', code, retryable: true } as const;
  if (handedOver) return { ...failed, errorClass: 'unknown_outcome', detail: 'sent, but no answer came' };
  if (signal.aborted) return { ...failed, errorClass: 'timeout', detail: 'not sent within the time limit' };
  if (error.code === 'EAUTH') return { ...failed, errorClass: 'auth', detail: error.message };
  if (UNSENDABLE.has(error.code ?? '')) {
    return { ...failed, errorClass: 'rejected', retryable: false, detail: error.message };
  }
  return { ...failed, errorClass: 'network', detail: 'no connection came about, or it broke before all was sent' };
}
