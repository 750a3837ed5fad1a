import { createHmac } from 'node:crypto';
import { z } from 'zod';
import {
  aboutOf,
  detailOf,
  jsonOf,
  type ReadCallback,
  type Reading,
  requireRecent,
  requireSame,
  unsigned,
} from './callback.ts';

const text = z.string().optional().catch(undefined);

const signed = z.object({
  signature: z.object({ timestamp: z.coerce.string(), token: z.string(), signature: z.string() }),
});

const webhook = z.object({
  'event-data': z.object({
    event: z.string(),
    recipient: z.string().default(''),
    severity: text,
    reason: text,
    'user-variables': z.object({ eventId: text, attempt: z.coerce.string().optional() }).catch({ eventId: undefined }),
    'delivery-status': z
      .object({ code: z.number().optional().catch(undefined), message: text, description: text })
      .optional()
      .catch(undefined),
  }),
});
type MailgunEvent = z.output<typeof webhook>['event-data'];

/**
 * HMAC-SHA256 over the time and a token, both in the body: the event itself is not signed, so what protects it is TLS.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
export function mailgunCallbacks(signingKey: string, maxAgeMs: number): ReadCallback {
  return ({ body, now }) => {
    const given = signatureIn(body);
    const expected = createHmac('sha256', signingKey)
      .update(given.timestamp + given.token)
      .digest('hex');
    requireSame(given.signature, expected);
    requireRecent(given.timestamp, now, maxAgeMs);
    return [readingOf(jsonOf(webhook, body)['event-data'])];
  };
}

function signatureIn(body: Buffer) {
  try {
    return jsonOf(signed, body).signature;
  } catch {
    throw unsigned();
  }
}

/** https://documentation.mailgun.com/docs/mailgun/user-manual/events/event-structure */
function readingOf(event: MailgunEvent): Reading {
  const { eventId, attempt } = event['user-variables'];
  const reading: Reading = { recipient: event.recipient, about: aboutOf(eventId, attempt) };
  switch (event.event) {
    case 'delivered':
      return { ...reading, report: { outcome: 'delivered' } };
    case 'failed':
      // After a temporary failure Mailgun tries again itself.
      return event.severity === 'permanent' ? { ...reading, ...failureOf(event) } : reading;
    case 'rejected':
      return {
        ...reading,
        report: { outcome: 'failed', errorClass: 'rejected', retryable: false, detail: 'rejected' },
      };
    case 'complained':
      return { ...reading, suppress: 'complaint' };
    case 'unsubscribed':
      return { ...reading, suppress: 'unsubscribe' };
    default:
      return reading;
  }
}

function failureOf({ reason = '', 'delivery-status': status }: MailgunEvent): Pick<Reading, 'report' | 'suppress'> {
  const failed = {
    outcome: 'failed',
    retryable: false,
    ...(status?.code !== undefined && { code: String(status.code) }),
    detail: detailOf(reason, status?.message || status?.description),
  } as const;
  switch (reason) {
    case 'bounce':
    case 'suppress-bounce':
      return { report: { ...failed, errorClass: 'bad_recipient' }, suppress: 'bounce' };
    case 'suppress-unsubscribe':
      return { report: { ...failed, errorClass: 'unsubscribed' }, suppress: 'unsubscribe' };
    case 'suppress-complaint':
      return { report: { ...failed, errorClass: 'unsubscribed' }, suppress: 'complaint' };
    // Mailgun has tried for hours.
    case 'old':
      return { report: { ...failed, errorClass: 'provider_down', retryable: true } };
    default:
      return { report: { ...failed, errorClass: 'rejected' } };
  }
}
