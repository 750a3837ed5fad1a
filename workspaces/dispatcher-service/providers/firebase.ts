import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { PushMessage } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { z } from 'zod';
import { classOfFirebaseError } from './firebase-error.ts';
import { GoogleAccessToken } from './google-access-token.ts';
import { withoutAnswer } from './http-exchange.ts';
import { type Answered, below, JsonApi, parseJson, refused, senseless } from './json-api.ts';
import type { Provider } from './provider.ts';
import { areGiven } from './required-settings.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const firebaseSettings = {
  /** Of the service account's JSON: `project_id`, `client_email` and `private_key` (its line breaks may be written \n). */
  FIREBASE_PROJECT_ID: z
    .string()
    .regex(/^[a-z0-9.:-]+$/, 'must be the id of a project')
    .optional(),
  FIREBASE_CLIENT_EMAIL: z.email('must be an e-mail address').optional(),
  FIREBASE_PRIVATE_KEY: z
    .string()
    .transform((text, context): KeyObject => {
      try {
        return createPrivateKey(text.replaceAll('\\n', '\n'));
      } catch {
        context.addIssue({ code: 'custom', message: 'must be a private key in PEM form' });
        return z.NEVER;
      }
    })
    .refine((key) => key.asymmetricKeyType === 'rsa', 'must be an RSA key')
    .optional(),
  FIREBASE_BASE_URL: httpUrl.default('https://fcm.googleapis.com'),
  FIREBASE_TOKEN_URL: httpUrl.default('https://oauth2.googleapis.com/token'),
};

/** @returns undefined where Firebase is not configured. @throws ConfigError where it is by half. */
export function createFirebaseProvider(
  settings: z.output<z.ZodObject<typeof firebaseSettings>>,
): Provider<PushMessage> | undefined {
  if (!areGiven(settings, ['FIREBASE_PROJECT_ID', 'FIREBASE_CLIENT_EMAIL', 'FIREBASE_PRIVATE_KEY'])) return undefined;
  const url = below(settings.FIREBASE_BASE_URL, `/v1/projects/${settings.FIREBASE_PROJECT_ID}/messages:send`);
  const api = new JsonApi();
  const access = new GoogleAccessToken(api, {
    clientEmail: settings.FIREBASE_CLIENT_EMAIL,
    privateKey: settings.FIREBASE_PRIVATE_KEY,
    tokenUrl: settings.FIREBASE_TOKEN_URL,
  });

  /** Once; `stale` is the token that was refused, if it was. */
  async function sendOnce(message: PushMessage, eventId: string, signal: AbortSignal) {
    const got = await access.get(signal);
    if ('failure' in got) return { result: got.failure };
    const body = { message: messageOf(message, eventId) };
    const ended = await api.post(url, body, { authorization: `Bearer ${got.token}` }, signal);
    if (ended.kind !== 'answered') return { result: withoutAnswer(ended, signal) };
    const { token = '', title, body: text } = message;
    const result = resultOf(ended, [token, title, text, got.token]);
    const isStale = result.outcome === 'failed' && result.code === 'UNAUTHENTICATED';
    return { result, ...(isStale && { stale: got.token }) };
  }

  return {
    destination: () => 'firebase',

    async send(message, { eventId, signal }) {
      if (message.token === undefined && message.topic === undefined) return unknownToFirebase();
      const first = await sendOnce(message, eventId, signal);
      if (first.stale === undefined) return first.result;
      // Withdrawn before its end. Nothing was taken over, so a second call with another token sends nothing twice.
      access.forget(first.stale);
      return (await sendOnce(message, eventId, signal)).result;
    },

    close: () => api.close(),
  };
}

/**
 * Under one tag and collapse key a second arrival takes the place of the first, on the device.
 * https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
 */
function messageOf({ token, topic, title, body, image, link, data }: PushMessage, eventId: string) {
  return {
    ...(token === undefined ? { topic } : { token }),
    notification: { title, body, ...(image !== undefined && { image }) },
    data: { ...data, ...(link !== undefined && { link }), postriderEventId: eventId },
    android: { notification: { tag: eventId } },
    apns: { headers: { 'apns-collapse-id': eventId } },
    // Browsers are sent to https only.
    webpush: { notification: { tag: eventId }, ...(link?.startsWith('https:') && { fcm_options: { link } }) },
  };
}

const success = z.object({ name: z.string().min(1) });

function resultOf(ended: Answered, hidden: string[]): SendResult {
  if (ended.status >= 200 && ended.status < 300) {
    const sent = success.safeParse(parseJson(ended.body)).data;
    return sent ? { outcome: 'delivered', messageId: sent.name } : senseless(ended);
  }
  return refused(ended, classOfFirebaseError(ended.status, ended.body), hidden);
}

function unknownToFirebase(): SendResult {
  const detail = 'Firebase sends to tokens and topics, not to ids of users';
  return { outcome: 'failed', errorClass: 'bad_recipient', retryable: false, detail };
}
