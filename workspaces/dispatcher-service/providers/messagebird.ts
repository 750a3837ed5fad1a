import type { SmsMessage } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { z } from 'zod';
import { withoutAnswer } from './http-exchange.ts';
import { type Answered, below, JsonApi, parseJson, refused, senseless } from './json-api.ts';
import { classOfMessageBirdError } from './messagebird-error.ts';
import type { Provider, SendContext } from './provider.ts';
import { areGiven } from './required-settings.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const messagebirdSettings = {
  MESSAGEBIRD_ACCESS_KEY: z.string().min(1).optional(),
  /** Sender of messages that name none: a number or up to eleven letters and digits. */
  MESSAGEBIRD_ORIGINATOR: z.string().min(1).max(17).optional(),
  MESSAGEBIRD_BASE_URL: httpUrl.default('https://rest.messagebird.com'),
  /** Where MessageBird reports what became of a message. Without it, acceptance by MessageBird counts as delivery. */
  MESSAGEBIRD_STATUS_CALLBACK_URL: httpUrl.optional(),
};

/** @returns undefined where MessageBird is not configured. @throws ConfigError where it is by half. */
export function createMessageBirdProvider(
  settings: z.output<z.ZodObject<typeof messagebirdSettings>>,
): Provider<SmsMessage> | undefined {
  if (!areGiven(settings, ['MESSAGEBIRD_ACCESS_KEY', 'MESSAGEBIRD_ORIGINATOR'])) return undefined;
  const { MESSAGEBIRD_ACCESS_KEY: key, MESSAGEBIRD_STATUS_CALLBACK_URL: callback } = settings;
  const url = below(settings.MESSAGEBIRD_BASE_URL, '/messages');
  const api = new JsonApi();

  return {
    destination: () => 'messagebird',

    async send(message, context) {
      const body = {
        recipients: [message.to.slice(1)],
        originator: message.from ?? settings.MESSAGEBIRD_ORIGINATOR,
        body: message.text,
        // Unicode only where the text needs it.
        datacoding: 'auto',
        reference: context.eventId,
        ...(callback !== undefined && { reportUrl: reportUrlOf(callback, context) }),
      };
      const ended = await api.post(url, body, { authorization: `AccessKey ${key}` }, context.signal);
      if (ended.kind !== 'answered') return withoutAnswer(ended, context.signal);
      return resultOf(ended, callback === undefined ? 'delivered' : 'accepted', [message.to, message.text, key]);
    },

    close: () => api.close(),
  };
}

function reportUrlOf(callback: string, { eventId, attempt }: SendContext): string {
  const url = new URL(callback);
  url.searchParams.set('eventId', eventId);
  url.searchParams.set('attempt', String(attempt));
  return url.href;
}

// https://developers.messagebird.com/api/sms-messaging/#the-message-object, https://developers.messagebird.com/api/#errors
const answer = z.object({
  id: z.string().optional().catch(undefined),
  recipients: z
    .object({ items: z.array(z.object({ status: z.string(), statusErrorCode: z.number().nullish() })) })
    .optional()
    .catch(undefined),
  errors: z
    .array(z.object({ code: z.number(), description: z.string().nullish(), parameter: z.string().nullish() }))
    .optional()
    .catch(undefined),
});

function resultOf(ended: Answered, success: 'delivered' | 'accepted', hidden: string[]): SendResult {
  const body = answer.safeParse(parseJson(ended.body)).data;
  const errors = body?.errors ?? [];
  const isOk = ended.status >= 200 && ended.status < 300;
  if (errors.length > 0 || !isOk) {
    const { error, ...classified } = classOfMessageBirdError(errors, ended.status);
    const detail = error?.description ?? undefined;
    return refused(ended, { ...classified, code: error?.code ?? ended.status, detail }, hidden);
  }
  if (body?.id === undefined) return senseless(ended);
  const failed = body.recipients?.items.find(({ status }) => status === 'delivery_failed');
  if (failed) {
    const detail = 'the message could not be delivered';
    const code = failed.statusErrorCode ?? ended.status;
    return refused(ended, { errorClass: 'bad_recipient', retryable: false, code, detail }, hidden);
  }
  return { outcome: success, messageId: body.id };
}
