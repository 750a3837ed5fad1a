import { classOfMessageBirdError } from './messagebird-error.ts';

const error = (code: number, parameter: string | null = null) => ({ code, description: 'words', parameter });

test.each([
  [401, [error(2, 'access_key')], 'auth', true],
  [402, [error(25)], 'quota', true],
  [422, [error(9, 'recipients')], 'bad_recipient', false],
  [422, [error(10, 'recipients')], 'bad_recipient', false],
  [422, [error(9, 'body')], 'rejected', false],
  [422, [error(10, 'originator')], 'rejected', false],
  [404, [error(20)], 'rejected', false],
  [500, [error(99)], 'provider_down', true],
  [404, [error(98)], 'provider_down', true],
  [429, [error(429)], 'rate_limited', true],
  // With the wrong key it complains of everything: the key is what has to be mended.
  [401, [error(9, 'recipients'), error(10, 'originator'), error(2, 'access_key')], 'auth', true],
  // A success with errors in it is none.
  [200, [error(10, 'body')], 'rejected', false],
  [429, [], 'rate_limited', true],
  [401, [], 'auth', true],
  [504, [], 'unknown_outcome', true],
  [503, [], 'provider_down', true],
])('HTTP %i with %j: %s, retryable %p', (status, errors, errorClass, retryable) => {
  expect(classOfMessageBirdError(errors, status)).toMatchObject({ errorClass, retryable });
});
