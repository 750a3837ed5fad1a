import { classOfMailgunError, waitInWords } from './mailgun-error.ts';

test.each<[status: number, message: string, errorClass: string, retryable: boolean]>([
  [400, "'to' parameter is not a valid address. please check documentation", 'bad_recipient', false],
  [400, 'bcc parameter is not a valid address', 'bad_recipient', false],
  [400, "'from' parameter is not a valid address. please check documentation", 'rejected', false],
  [400, 'Need at least one of text or html parameters specified', 'rejected', false],
  [401, 'Forbidden', 'auth', true],
  [402, 'Request failed', 'quota', true],
  [403, 'Domain sandbox.mailgun.org is not allowed to send: Please activate your Mailgun account.', 'auth', true],
  [403, 'Domain x.example is not allowed to send: message limit exceeded', 'quota', true],
  [404, 'Domain not found: x.example', 'auth', true],
  [408, '', 'timeout', true],
  [413, 'request entity too large', 'rejected', false],
  [420, 'Domain x.example is not allowed to send: recipient limit exceeded', 'rate_limited', true],
  [429, 'Too many requests', 'rate_limited', true],
  [500, 'Internal Server Error', 'provider_down', true],
  [502, '<html>', 'provider_down', true],
  [504, '', 'unknown_outcome', true],
])('%i %j: %s, retryable %p', (status, message, errorClass, retryable) => {
  expect(classOfMailgunError(message, status)).toEqual({ errorClass, retryable });
});

test('the moment from which it takes messages again stands in its words', () => {
  const now = Date.UTC(2025, 7, 25, 7, 0, 1);
  const limit = 'Domain x.example is not allowed to send: recipient limit exceeded, try again after';
  expect(waitInWords(`${limit} Mon, 25 Aug 2025 07:00:31 UTC`, now)).toBe(30_000);
  expect(waitInWords(`${limit} Mon, 25 Aug 2025 06:00:00 UTC`, now)).toBe(0);
  expect(waitInWords(`${limit} some time`, now)).toBeUndefined();
  expect(waitInWords('', now)).toBeUndefined();
});
