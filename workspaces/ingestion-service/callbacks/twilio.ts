import { createHmac } from 'node:crypto';
import type { ReportedOutcome } from '@postrider/shared/events/delivery-report.ts';
import { aboutOf, type Callback, header, type ReadCallback, type Reading, requireSame } from './callback.ts';

type Failure = Omit<Extract<ReportedOutcome, { outcome: 'failed' }>, 'outcome' | 'code' | 'detail'> &
  Pick<Reading, 'suppress'>;

const UNDELIVERED: Failure = { errorClass: 'provider_down', retryable: true };
const REJECTED: Failure = { errorClass: 'rejected', retryable: false };

// Each is explained at https://www.twilio.com/docs/api/errors/<code>.
const BY_CODE: Record<string, Failure> = {
  21610: { errorClass: 'unsubscribed', retryable: false, suppress: 'unsubscribe' },
  30001: { errorClass: 'rate_limited', retryable: true }, // the queue is full
  30002: { errorClass: 'auth', retryable: true }, // the account is suspended
  30003: { errorClass: 'bad_recipient', retryable: true }, // switched off or out of reach
  30004: { errorClass: 'bad_recipient', retryable: false }, // blocks messages
  30005: { errorClass: 'bad_recipient', retryable: false, suppress: 'bounce' }, // unknown, or no longer in use
  30006: { errorClass: 'bad_recipient', retryable: false }, // a landline, or a carrier out of reach
  30007: REJECTED, // filtered by the carrier
  30008: UNDELIVERED, // unknown
  30022: { errorClass: 'rate_limited', retryable: true },
  30034: { errorClass: 'auth', retryable: true }, // the sender is not registered with US carriers
  30410: UNDELIVERED, // the carrier gave no answer in time
};

/**
 * Status callbacks: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status, signed as at
 * https://www.twilio.com/docs/usage/security#validating-requests. The signature has no time in it.
 */
export function twilioCallbacks(authToken: string): ReadCallback {
  return (callback) => {
    const form = new URLSearchParams(callback.body.toString('utf8'));
    requireSame(header(callback, 'x-twilio-signature'), signatureOf(authToken, callback.url, form));
    const { searchParams } = new URL(callback.url);
    const reading: Reading = {
      recipient: form.get('To') ?? '',
      about: aboutOf(searchParams.get('eventId'), searchParams.get('attempt')),
    };
    switch (form.get('MessageStatus')) {
      case 'delivered':
      case 'read':
        return [{ ...reading, report: { outcome: 'delivered' } }];
      case 'undelivered':
      case 'failed':
      case 'canceled':
        return [{ ...reading, ...failureOf(form.get('ErrorCode') ?? undefined) }];
      default:
        // On its way.
        return [];
    }
  };
}

/** HMAC-SHA1 over the exact URL, followed by every field and its value in the order of their names. */
export function signatureOf(authToken: string, url: Callback['url'], form: URLSearchParams): string {
  const fields = [...form].toSorted(([a, x], [b, y]) => order(a, b) || order(x, y));
  const signed = fields.filter((field, at) => at === 0 || field.join('\n') !== fields[at - 1]?.join('\n'));
  return createHmac('sha1', authToken)
    .update(url + signed.flat().join(''))
    .digest('base64');
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function failureOf(code: string | undefined): Pick<Reading, 'report' | 'suppress'> {
  const { suppress, ...failure } = code === undefined ? UNDELIVERED : (BY_CODE[code] ?? REJECTED);
  return {
    report: {
      outcome: 'failed',
      ...failure,
      ...(code !== undefined && { code }),
      detail: 'not delivered, Twilio reports',
    },
    ...(suppress && { suppress }),
  };
}
