import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { ReportedOutcome } from '@postrider/shared/events/delivery-report.ts';
import type { SuppressionReason } from '@postrider/shared/events/suppression.ts';
import { z } from 'zod';

/** A provider's request as it came. */
export interface Callback {
  /** As the provider called it: the public address, with the query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  now: Date;
}

/** What a callback says of one recipient. */
export interface Reading {
  recipient: string;
  /** Which attempt it is about; missing where the message is none of ours. */
  about: { eventId: string; attempt: number } | undefined;
  report?: ReportedOutcome;
  suppress?: SuppressionReason;
}

/** Checks who sent a callback, then reads it. @throws AppError `unauthorized` where the signature is missing, wrong or old. */
export type ReadCallback = (callback: Callback) => Reading[];

/** All refusals look alike: they tell nobody what would have been right. */
export function unsigned(): AppError {
  return new AppError('unauthorized', 'the signature is missing, wrong or too old');
}

/** In constant time. @throws AppError `unauthorized` unless the two are the same. */
export function requireSame(given: string, expected: string): void {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw unsigned();
}

/** `seconds` since 1970, as the provider wrote them. @throws AppError `unauthorized` where that is too long ago, or to come. */
export function requireRecent(seconds: string, now: Date, maxAgeMs: number): void {
  const age = now.getTime() - Number(seconds) * 1_000;
  if (!/^\d{1,12}$/.test(seconds) || Math.abs(age) > maxAgeMs) throw unsigned();
}

export function header({ headers }: Callback, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

const about = z.object({ eventId: z.uuid(), attempt: z.coerce.number().int().positive() });

/** What our own fields of the message say, as the provider gives them back. */
export function aboutOf(eventId: unknown, attempt: unknown): Reading['about'] {
  return about.safeParse({ eventId, attempt }).data;
}

/** @throws AppError `invalid_json` */
export function jsonOf<T extends z.ZodType>(schema: T, body: Buffer): z.output<T> {
  try {
    return schema.parse(JSON.parse(body.toString('utf8')));
  } catch {
    throw new AppError('invalid_json', 'the body is not what this provider sends');
  }
}

const MAX_DETAIL = 200;

/** What a mail server or a provider says, as one line without addresses and numbers of people. */
export function detailOf(...texts: (string | undefined)[]): string {
  return texts
    .filter(Boolean)
    .join(': ')
    .replace(/\s+/g, ' ')
    .replace(/[^\s<>"'()]+@[^\s<>"'()]+/g, '***')
    .replace(/\+?\d{7,15}/g, '***')
    .slice(0, MAX_DETAIL);
}
