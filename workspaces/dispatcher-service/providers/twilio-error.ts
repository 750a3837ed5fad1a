import type { ErrorClass } from '@postrider/shared/events/send-result.ts';

interface Classified {
  errorClass: ErrorClass;
  retryable: boolean;
}

const BAD_RECIPIENT: Classified = { errorClass: 'bad_recipient', retryable: false };
const UNSUBSCRIBED: Classified = { errorClass: 'unsubscribed', retryable: false };
const UNREACHABLE: Classified = { errorClass: 'bad_recipient', retryable: true };
const RATE_LIMITED: Classified = { errorClass: 'rate_limited', retryable: true };
const AUTH: Classified = { errorClass: 'auth', retryable: true };
const DOWN: Classified = { errorClass: 'provider_down', retryable: true };
const REJECTED: Classified = { errorClass: 'rejected', retryable: false };

// Each is explained at https://www.twilio.com/docs/api/errors/<code>.
const BY_CODE: Record<number, Classified> = {
  20003: AUTH, // wrong credentials
  20005: AUTH, // the account is not active
  20429: RATE_LIMITED, // too many requests at once; never processed
  14107: RATE_LIMITED, // messages in too short a time
  21611: RATE_LIMITED, // the sender's queue is full
  30001: RATE_LIMITED, // the same, where a messaging service chooses the sender
  30022: RATE_LIMITED, // over the limit that US carriers allow the campaign
  20500: DOWN,
  20503: DOWN,
  21211: BAD_RECIPIENT, // not a valid number
  21214: BAD_RECIPIENT, // cannot be reached
  21217: BAD_RECIPIENT, // does not seem to be a number
  21265: BAD_RECIPIENT, // a short code
  21610: UNSUBSCRIBED,
  21612: BAD_RECIPIENT, // no route from this sender
  21614: BAD_RECIPIENT, // not a mobile number
  21635: BAD_RECIPIENT, // a landline
  30003: UNREACHABLE, // switched off or out of reach
  30004: BAD_RECIPIENT, // blocks messages
  30005: BAD_RECIPIENT, // unknown, or no longer in use
  30006: BAD_RECIPIENT, // a landline, or a carrier out of reach
};

/** `code` is Twilio's own, where the answer has one; `status` the HTTP status. */
export function classOfTwilioError(code: number | undefined, status: number): Classified {
  const known = code === undefined ? undefined : BY_CODE[code];
  if (known) return known;
  // A gateway at Twilio passed it on and got no answer itself.
  if (status === 504) return { errorClass: 'unknown_outcome', retryable: true };
  if (status >= 500) return DOWN;
  if (status === 429) return RATE_LIMITED;
  // 404: there is no such account.
  if (status === 401 || status === 404) return AUTH;
  if (status === 408) return { errorClass: 'timeout', retryable: true };
  return REJECTED;
}
