import {
  AUTH,
  BAD_RECIPIENT,
  type Classified,
  classOfStatus,
  DOWN,
  QUOTA,
  RATE_LIMITED,
  REJECTED,
} from './json-api.ts';

export interface MessageBirdError {
  code: number;
  description?: string | null | undefined;
  /** The field of the request that the error is about. */
  parameter?: string | null | undefined;
}

// https://developers.messagebird.com/api/#errors
const BY_CODE: Record<number, Classified> = {
  2: AUTH, // request not allowed: wrong access key
  25: QUOTA, // not enough balance
  98: DOWN, // the API cannot be found
  99: DOWN, // internal error
  101: REJECTED, // a duplicate entry
  429: RATE_LIMITED,
};

/** The first error that decides; of a request with several, wrong credentials count most, and the recipient next. */
export function classOfMessageBirdError(
  errors: MessageBirdError[],
  status: number,
): Classified & { error: MessageBirdError | undefined } {
  const error =
    errors.find(({ code }) => BY_CODE[code] !== undefined) ??
    errors.find(({ parameter }) => isRecipient(parameter)) ??
    errors[0];
  if (!error) return { ...classOfStatus(status), error };
  const known = BY_CODE[error.code];
  if (known) return { ...known, error };
  // 9: a parameter is missing, 10: it is invalid; both are said of a recipient that is no number.
  if (isRecipient(error.parameter)) return { ...BAD_RECIPIENT, error };
  return { ...(status >= 400 ? classOfStatus(status) : REJECTED), error };
}

function isRecipient(parameter: string | null | undefined): boolean {
  return parameter?.startsWith('recipient') ?? false;
}
