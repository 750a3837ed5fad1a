import { createHash, createHmac } from 'node:crypto';
import type { ReportedOutcome } from '@postrider/shared/events/delivery-report.ts';
import { z } from 'zod';
import { aboutOf, type Callback, header, type ReadCallback, type Reading, requireSame, unsigned } from './callback.ts';

const HASHES: Record<string, string> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };
const CLOCK_TOLERANCE_S = 5;

const jwtHeader = z.object({ alg: z.string() });
const claims = z.object({
  iss: z.literal('MessageBird'),
  nbf: z.number().optional(),
  exp: z.number(),
  url_hash: z.string(),
  payload_hash: z.string().optional(),
});

/** Status reports, which come as GET with all they say in the query: https://developers.messagebird.com/api/sms-messaging/#handle-a-status-report */
export function messagebirdCallbacks(signingKey: string): ReadCallback {
  return (callback) => {
    requireSignature(signingKey, callback);
    const { searchParams } = new URL(callback.url);
    const form = callback.body.length > 0 ? new URLSearchParams(callback.body.toString('utf8')) : searchParams;
    const value = (name: string): string => searchParams.get(name) ?? form.get(name) ?? '';
    const reading: Reading = {
      recipient: `+${value('recipient').replace(/^\+/, '')}`,
      about: aboutOf(value('eventId'), value('attempt')),
    };
    switch (value('status')) {
      case 'delivered':
        return [{ ...reading, report: { outcome: 'delivered' } }];
      case 'expired':
      case 'delivery_failed':
        return [{ ...reading, ...failureOf(value('status'), value('statusReason'), value('statusErrorCode')) }];
      default:
        return [];
    }
  };
}

/** A JWT over the hashes of the address and the body: https://developers.messagebird.com/api/#verifying-http-requests */
function requireSignature(signingKey: string, callback: Callback): void {
  const [head = '', payload = '', signature = ''] = header(callback, 'messagebird-signature-jwt').split('.');
  const hash = HASHES[decoded(jwtHeader, head).alg];
  if (hash === undefined) throw unsigned();
  requireSame(signature, createHmac(hash, signingKey).update(`${head}.${payload}`).digest('base64url'));
  const { nbf = 0, exp, url_hash, payload_hash } = decoded(claims, payload);
  const now = callback.now.getTime() / 1_000;
  if (now > exp + CLOCK_TOLERANCE_S || now < nbf - CLOCK_TOLERANCE_S) throw unsigned();
  requireSame(url_hash, sha256(callback.url));
  if (callback.body.length > 0) requireSame(payload_hash ?? '', sha256(callback.body));
}

/** @throws AppError `unauthorized` where a part of the token is not what it has to be. */
function decoded<T extends z.ZodType>(schema: T, part: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  } catch {
    throw unsigned();
  }
}

const sha256 = (value: string | Buffer): string => createHash('sha256').update(value).digest('hex');

type Failed = Extract<ReportedOutcome, { outcome: 'failed' }>;

/** Reasons: https://docs.bird.com/api/channels-api/message-status-and-interactions/message-failure-sources/sms-platform-extended-error-codes */
function failureOf(status: string, reason: string, code: string): Pick<Reading, 'report' | 'suppress'> {
  const failed = (errorClass: Failed['errorClass'], retryable: boolean): Failed => ({
    outcome: 'failed',
    errorClass,
    retryable,
    ...(code && { code }),
    detail: `${status}, MessageBird reports`,
  });
  if (/unknown subscriber/i.test(reason)) return { report: failed('bad_recipient', false), suppress: 'bounce' };
  if (/opted.?out/i.test(reason)) return { report: failed('unsubscribed', false), suppress: 'unsubscribe' };
  if (/unavailable subscriber/i.test(reason) || status === 'expired') return { report: failed('bad_recipient', true) };
  if (/capacity/i.test(reason)) return { report: failed('rate_limited', true) };
  if (/rejected/i.test(reason)) return { report: failed('rejected', false) };
  return { report: failed('provider_down', true) };
}
