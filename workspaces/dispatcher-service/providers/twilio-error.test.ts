import { classOfTwilioError } from './twilio-error.ts';

test.each([
  [21211, 400, 'bad_recipient', false],
  [21610, 400, 'unsubscribed', false],
  [21614, 400, 'bad_recipient', false],
  [30003, 201, 'bad_recipient', true],
  [21611, 429, 'rate_limited', true],
  [20429, 429, 'rate_limited', true],
  [20003, 401, 'auth', true],
  [20404, 404, 'auth', true],
  [20500, 500, 'provider_down', true],
  [20503, 503, 'provider_down', true],
  [21617, 400, 'rejected', false],
  // Twilio adds codes: the HTTP status stands in for one that is not known.
  [29999, 429, 'rate_limited', true],
  [undefined, 502, 'provider_down', true],
  [undefined, 504, 'unknown_outcome', true],
  [undefined, 401, 'auth', true],
  [undefined, 302, 'rejected', false],
])('code %p with HTTP %i is %s, retryable %p', (code, status, errorClass, retryable) => {
  expect(classOfTwilioError(code, status)).toEqual({ errorClass, retryable });
});
