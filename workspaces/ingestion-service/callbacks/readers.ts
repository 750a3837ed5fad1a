import { createPublicKey, type KeyObject } from 'node:crypto';
import type { ProviderName } from '@postrider/shared/events/channels.ts';
import type { PersonalChannel } from '@postrider/shared/events/recipients.ts';
import { wholeNumber } from '@postrider/shared/service/config.ts';
import { z } from 'zod';
import type { ReadCallback } from './callback.ts';
import { mailgunCallbacks } from './mailgun.ts';
import { messagebirdCallbacks } from './messagebird.ts';
import { sendgridCallbacks } from './sendgrid.ts';
import { twilioCallbacks } from './twilio.ts';

export const callbackSettings = {
  /** Where providers reach this service, without the path: Twilio and MessageBird sign the address that they call. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** Signs Twilio's callbacks; the one that messages are sent with. */
  TWILIO_AUTH_TOKEN: z.string().min(1).optional(),
  /** Of SendGrid's signed event webhook, as SendGrid shows it. */
  SENDGRID_WEBHOOK_PUBLIC_KEY: z.string().transform(publicKey).optional(),
  MAILGUN_WEBHOOK_SIGNING_KEY: z.string().min(1).optional(),
  MESSAGEBIRD_SIGNING_KEY: z.string().min(1).optional(),
  /** Callbacks signed longer ago than this are refused, in milliseconds. */
  CALLBACK_MAX_AGE_MS: wholeNumber(1_000, 86_400_000).default(900_000),
};
export type CallbackSettings = z.output<z.ZodObject<typeof callbackSettings>>;

function publicKey(text: string, context: z.core.$RefinementCtx<string>): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  } catch {
    context.addIssue({ code: 'custom', message: 'must be the verification key that SendGrid shows' });
    return z.NEVER;
  }
}

export interface CallbackReader {
  provider: ProviderName;
  channel: PersonalChannel;
  read: ReadCallback;
}

/** One for each provider whose signatures can be checked; the others' callbacks are not taken at all. */
export function createCallbackReaders(settings: CallbackSettings): ReadonlyMap<string, CallbackReader> {
  const { PUBLIC_URL, TWILIO_AUTH_TOKEN, MESSAGEBIRD_SIGNING_KEY, CALLBACK_MAX_AGE_MS: maxAgeMs } = settings;
  const { SENDGRID_WEBHOOK_PUBLIC_KEY, MAILGUN_WEBHOOK_SIGNING_KEY } = settings;
  const readers: CallbackReader[] = [];
  if (PUBLIC_URL !== undefined && TWILIO_AUTH_TOKEN !== undefined) {
    readers.push({ provider: 'twilio', channel: 'sms', read: twilioCallbacks(TWILIO_AUTH_TOKEN) });
  }
  if (PUBLIC_URL !== undefined && MESSAGEBIRD_SIGNING_KEY !== undefined) {
    readers.push({ provider: 'messagebird', channel: 'sms', read: messagebirdCallbacks(MESSAGEBIRD_SIGNING_KEY) });
  }
  if (SENDGRID_WEBHOOK_PUBLIC_KEY !== undefined) {
    const read = sendgridCallbacks(SENDGRID_WEBHOOK_PUBLIC_KEY, maxAgeMs);
    readers.push({ provider: 'sendgrid', channel: 'email', read });
  }
  if (MAILGUN_WEBHOOK_SIGNING_KEY !== undefined) {
    readers.push({
      provider: 'mailgun',
      channel: 'email',
      read: mailgunCallbacks(MAILGUN_WEBHOOK_SIGNING_KEY, maxAgeMs),
    });
  }
  return new Map(readers.map((reader) => [reader.provider, reader]));
}
