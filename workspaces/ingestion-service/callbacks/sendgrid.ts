import { type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import {
  aboutOf,
  detailOf,
  header,
  jsonOf,
  type ReadCallback,
  type Reading,
  requireRecent,
  unsigned,
} from './callback.ts';

const text = z.string().optional().catch(undefined);

const events = z.array(
  z.object({
    event: z.string(),
    email: z.string(),
    eventId: text,
    attempt: text,
    type: text,
    status: text,
    reason: text,
    response: text,
  }),
);
type SendGridEvent = z.output<typeof events>[number];

/**
 * The event webhook, with the signature switched on: ECDSA over the time and the body as it came.
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 */
export function sendgridCallbacks(publicKey: KeyObject, maxAgeMs: number): ReadCallback {
  return (callback) => {
    const timestamp = header(callback, 'x-twilio-email-event-webhook-timestamp');
    const signature = Buffer.from(header(callback, 'x-twilio-email-event-webhook-signature'), 'base64');
    const signed = Buffer.concat([Buffer.from(timestamp), callback.body]);
    if (!verify('sha256', signed, publicKey, signature)) throw unsigned();
    requireRecent(timestamp, callback.now, maxAgeMs);
    return jsonOf(events, callback.body).map(readingOf);
  };
}

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
function readingOf(event: SendGridEvent): Reading {
  const reading: Reading = { recipient: event.email, about: aboutOf(event.eventId, event.attempt) };
  switch (event.event) {
    case 'delivered':
      return { ...reading, report: { outcome: 'delivered' } };
    case 'bounce':
      return { ...reading, ...bounceOf(event) };
    case 'dropped':
      return { ...reading, ...dropOf(event) };
    case 'spamreport':
      return { ...reading, suppress: 'complaint' };
    case 'unsubscribe':
    case 'group_unsubscribe':
      return { ...reading, suppress: 'unsubscribe' };
    default:
      // processed, deferred, open, click: nothing final.
      return reading;
  }
}

type Outcome = Pick<Reading, 'report' | 'suppress'>;

function bounceOf({ type, status, reason }: SendGridEvent): Outcome {
  const failed = { outcome: 'failed', detail: detailOf('bounce', reason), ...(status && { code: status }) } as const;
  // The receiving server refuses it for now: its opinion of the sender, a full mailbox.
  if (type === 'blocked') return { report: { ...failed, errorClass: 'rejected', retryable: true } };
  return { report: { ...failed, errorClass: 'bad_recipient', retryable: false }, suppress: 'bounce' };
}

/** SendGrid did not even try. */
function dropOf({ reason = '' }: SendGridEvent): Outcome {
  const failed = { outcome: 'failed', code: 'dropped', detail: detailOf('dropped', reason), retryable: false } as const;
  if (/bounced/i.test(reason)) return { report: { ...failed, errorClass: 'bad_recipient' }, suppress: 'bounce' };
  if (/unsubscribed/i.test(reason))
    return { report: { ...failed, errorClass: 'unsubscribed' }, suppress: 'unsubscribe' };
  if (/spam report/i.test(reason)) return { report: { ...failed, errorClass: 'unsubscribed' }, suppress: 'complaint' };
  if (/quota/i.test(reason)) return { report: { ...failed, errorClass: 'quota', retryable: true } };
  if (/^invalid$/i.test(reason)) return { report: { ...failed, errorClass: 'bad_recipient' } };
  return { report: { ...failed, errorClass: 'rejected' } };
}
