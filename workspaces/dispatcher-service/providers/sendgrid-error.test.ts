import { classOfSendGridError } from './sendgrid-error.ts';

type Row = [
  status: number,
  message: string,
  field: string | null,
  ownSender: boolean,
  errorClass: string,
  retryable: boolean,
];

test.each<Row>([
  [400, 'Bad Request', null, false, 'rejected', false],
  [400, 'The subject is required.', 'subject', false, 'rejected', false],
  [400, 'Does not contain a valid address.', 'personalizations.0.to.2.email', false, 'bad_recipient', false],
  [400, 'Does not contain a valid address.', 'personalizations.0.bcc.0.email', false, 'bad_recipient', false],
  [400, 'The name is faulty.', 'personalizations.0.to.0.name', false, 'rejected', false],
  [400, 'Does not contain a valid address.', 'from.email', false, 'rejected', false],
  [401, 'The provided authorization grant is invalid, expired, or revoked', null, false, 'auth', true],
  [401, 'Maximum credits exceeded', null, false, 'quota', true],
  [403, 'The from address does not match a verified Sender Identity.', 'from', false, 'auth', true],
  [403, 'The from address does not match a verified Sender Identity.', 'from', true, 'rejected', false],
  [403, 'access forbidden', null, true, 'auth', true],
  [404, 'Not Found', null, false, 'auth', true],
  [408, '', null, false, 'timeout', true],
  [413, 'The JSON payload is too large', null, false, 'rejected', false],
  [429, 'too many requests', null, false, 'rate_limited', true],
  [451, 'Unavailable due to data residency restrictions', null, false, 'auth', true],
  [500, 'Internal Server Error', null, false, 'provider_down', true],
  [503, '', null, false, 'provider_down', true],
  [504, '', null, false, 'unknown_outcome', true],
  // A success that is none.
  [200, 'Does not contain a valid address.', 'personalizations.0.to.0.email', false, 'bad_recipient', false],
  [202, 'nothing was queued', null, false, 'rejected', false],
])('%i %j about %j, own sender %p: %s, retryable %p', (status, message, field, ownSender, errorClass, retryable) => {
  expect(classOfSendGridError([{ message, field }], status, ownSender)).toMatchObject({ errorClass, retryable });
});

test('of several errors the one about a recipient is told, and none is needed', () => {
  const errors = [
    { message: 'The subject is required.', field: 'subject' },
    { message: 'Does not contain a valid address.', field: 'personalizations.0.to.0.email' },
  ];
  expect(classOfSendGridError(errors, 400, false)).toMatchObject({ errorClass: 'bad_recipient', error: errors[1] });
  expect(classOfSendGridError([], 500, false)).toMatchObject({ errorClass: 'provider_down', error: undefined });
});
