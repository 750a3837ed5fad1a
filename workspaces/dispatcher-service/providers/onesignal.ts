import { createHash } from 'node:crypto';
import type { PushMessage } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { z } from 'zod';
import { withoutAnswer } from './http-exchange.ts';
import {
  type Answered,
  BAD_RECIPIENT,
  below,
  type Classified,
  classOfStatus,
  JsonApi,
  parseJson,
  REJECTED,
  refused,
  senseless,
  UNSUBSCRIBED,
} from './json-api.ts';
import type { Provider } from './provider.ts';
import { areGiven } from './required-settings.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const onesignalSettings = {
  ONESIGNAL_APP_ID: z.uuid('must be the id of an app').optional(),
  ONESIGNAL_API_KEY: z.string().min(1).optional(),
  ONESIGNAL_BASE_URL: httpUrl.default('https://api.onesignal.com'),
};

/** @returns undefined where OneSignal is not configured. @throws ConfigError where it is by half. */
export function createOneSignalProvider(
  settings: z.output<z.ZodObject<typeof onesignalSettings>>,
): Provider<PushMessage> | undefined {
  if (!areGiven(settings, ['ONESIGNAL_APP_ID', 'ONESIGNAL_API_KEY'])) return undefined;
  const { ONESIGNAL_APP_ID: appId, ONESIGNAL_API_KEY: key } = settings;
  const url = below(settings.ONESIGNAL_BASE_URL, '/notifications');
  const api = new JsonApi();

  return {
    destination: () => 'onesignal',

    async send(message, context) {
      const body = notificationOf(message, appId, context.eventId);
      const ended = await api.post(url, body, { authorization: `Key ${key}` }, context.signal);
      if (ended.kind !== 'answered') return withoutAnswer(ended, context.signal);
      const { token = '', externalId = '', title, body: text } = message;
      return resultOf(ended, [token, externalId, title, text, key]);
    },

    close: () => api.close(),
  };
}

/** https://documentation.onesignal.com/reference/push-notification */
function notificationOf(message: PushMessage, appId: string, eventId: string) {
  const { title, body, image, link, data } = message;
  return {
    app_id: appId,
    target_channel: 'push',
    ...audienceOf(message),
    headings: { en: title },
    contents: { en: body },
    ...(link !== undefined && { url: link }),
    ...(image !== undefined && { big_picture: image, chrome_web_image: image, ios_attachments: { image } }),
    data: { ...data, postriderEventId: eventId },
    idempotency_key: idempotencyKeyOf(eventId),
  };
}

function audienceOf({ externalId, token, topic }: PushMessage) {
  if (externalId !== undefined) return { include_aliases: { external_id: [externalId] } };
  if (token === undefined) return { included_segments: [topic] };
  // Anything else is the token of the device's own push service, as an event has it that comes over from Firebase.
  return z.uuid().safeParse(token).success
    ? { include_subscription_ids: [token] }
    : { include_android_reg_ids: [token] };
}

/**
 * OneSignal sends one notification for one key within 30 days and wants a UUID of version 3 or 4; ours are of version 7.
 * https://documentation.onesignal.com/reference/idempotent-notification-requests
 */
export function idempotencyKeyOf(eventId: string): string {
  const hash = createHash('sha256').update(eventId).digest();
  hash[6] = (Number(hash[6]) & 0x0f) | 0x40;
  hash[8] = (Number(hash[8]) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// `errors` is a list of texts, or an object with the recipients that are wrong.
const answer = z.object({
  id: z.string().optional().catch(undefined),
  errors: z
    .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
    .optional()
    .catch(undefined),
});

function resultOf(ended: Answered, hidden: string[]): SendResult {
  const body = answer.safeParse(parseJson(ended.body)).data;
  const isOk = ended.status >= 200 && ended.status < 300;
  if (isOk && body?.id) return { outcome: 'delivered', messageId: body.id };

  const { errors } = body ?? {};
  const words = Array.isArray(errors) ? errors.filter((one) => typeof one === 'string') : Object.keys(errors ?? {});
  const detail = words.join('; ');
  if (isOk) {
    // HTTP 200 and no id: no notification came about.
    if (words.length === 0) return senseless(ended);
    return refused(ended, { ...(classOfWords(words) ?? REJECTED), code: ended.status, detail }, hidden);
  }
  const classified = (ended.status === 400 ? classOfWords(words) : undefined) ?? classOfStatus(ended.status);
  return refused(ended, { ...classified, code: ended.status, detail }, hidden);
}

// "All included players are not subscribed"; `invalid_aliases`, `invalid_player_ids` …
function classOfWords(words: string[]): Classified | undefined {
  if (words.some((word) => /not subscribed/i.test(word))) return UNSUBSCRIBED;
  return words.some((word) => /^invalid_\w+s$/.test(word)) ? BAD_RECIPIENT : undefined;
}
