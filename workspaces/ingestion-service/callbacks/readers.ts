import { createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { ProviderName } from '@postrider/shared/events/channels.ts';
import type { PersonalChannel } from '@postrider/shared/events/recipients.ts';
import { list, wholeNumber } from '@postrider/shared/service/config.ts';
import { z } from 'zod';
import { type ReadCallback, unsigned } from './callback.ts';
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
  /** Others that may sign them while the token is changed. */
  TWILIO_CALLBACK_AUTH_TOKENS: list(z.string()).default([]),
  // Of each of these there may be several, comma-separated, while one is changed for another.
  /** Of SendGrid's signed event webhook, as SendGrid shows it. */
  SENDGRID_WEBHOOK_PUBLIC_KEY: list(z.string().transform(publicKey)).default([]),
  MAILGUN_WEBHOOK_SIGNING_KEY: list(z.string()).default([]),
  MESSAGEBIRD_SIGNING_KEY: list(z.string()).default([]),
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
  const { PUBLIC_URL, TWILIO_AUTH_TOKEN, TWILIO_CALLBACK_AUTH_TOKENS, CALLBACK_MAX_AGE_MS: maxAgeMs } = settings;
  const twilio = TWILIO_AUTH_TOKEN === undefined ? [] : [TWILIO_AUTH_TOKEN, ...TWILIO_CALLBACK_AUTH_TOKENS];
  const byUrl = PUBLIC_URL !== undefined;
  const reads: [ProviderName, PersonalChannel, ReadCallback[]][] = [
    ['twilio', 'sms', byUrl ? twilio.map((token) => twilioCallbacks(token)) : []],
    ['messagebird', 'sms', byUrl ? settings.MESSAGEBIRD_SIGNING_KEY.map((key) => messagebirdCallbacks(key)) : []],
    ['sendgrid', 'email', settings.SENDGRID_WEBHOOK_PUBLIC_KEY.map((key) => sendgridCallbacks(key, maxAgeMs))],
    ['mailgun', 'email', settings.MAILGUN_WEBHOOK_SIGNING_KEY.map((key) => mailgunCallbacks(key, maxAgeMs))],
  ];
  return new Map(
    reads.flatMap(([provider, channel, bySecret]) =>
      bySecret.length === 0 ? [] : [[provider, { provider, channel, read: signedByOneOf(bySecret) }]],
    ),
  );
}

/** The first secret that a callback is signed with reads it. */
function signedByOneOf(reads: ReadCallback[]): ReadCallback {
  return (callback) => {
    for (const read of reads) {
      try {
        return read(callback);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'unauthorized') throw error;
      }
    }
    throw unsigned();
  };
}
