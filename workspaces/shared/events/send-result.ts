/**
 * Why an attempt failed, across all providers. Rules in the retry service are written against these:
 *
 * bad_recipient    the address or number does not exist or cannot be reached by this channel
 * unsubscribed     the recipient wants no more messages; the provider sends it none
 * rejected         the provider refused this very message (content, size, a 4xx of a webhook's receiver)
 * rate_limited     too many messages for now
 * quota            the account's allowance is used up, or its plan allows no more
 * auth             the provider refused our credentials
 * provider_down    the provider answered that it cannot work now (5xx, SMTP 421)
 * network          no connection came about: nothing can have been accepted
 * timeout          no answer in time, before anything could have been accepted
 * unknown_outcome  the message was sent out and no answer came: it may have been accepted
 * blocked_address  the SSRF guard refused the destination
 * unavailable      the destination was deferred so often that this counts as an attempt
 * suppressed       every recipient is on the suppression list: no provider was asked
 * not_configured   the dispatcher has no such provider
 */
export const ERROR_CLASSES = [
  'bad_recipient',
  'unsubscribed',
  'rejected',
  'rate_limited',
  'quota',
  'auth',
  'provider_down',
  'network',
  'timeout',
  'unknown_outcome',
  'blocked_address',
  'unavailable',
  'suppressed',
  'not_configured',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** Whether an attempt counts for the limits of rules. Wrong credentials are our own fault, and no event is given up for them. */
export function countsAsTry(errorClass: ErrorClass | undefined): boolean {
  return errorClass !== 'auth';
}

/** What a provider says of one send. Providers return it; they throw only on bugs. */
export type SendResult =
  /** Final: nobody will report on it later. */
  | { outcome: 'delivered'; messageId?: string; detail?: string }
  /** Taken over; the provider confirms or denies later by callback. */
  | { outcome: 'accepted'; messageId?: string; detail?: string }
  | {
      outcome: 'failed';
      errorClass: ErrorClass;
      /** False: sending the same again cannot help. */
      retryable: boolean;
      /** The provider's own code: an SMTP reply, an HTTP status, Twilio's error number, an errno. */
      code?: string;
      /** One line for people; holds no recipient and no credential. */
      detail: string;
      /** How long the provider asked us to wait, in milliseconds. */
      retryAfterMs?: number;
    };
