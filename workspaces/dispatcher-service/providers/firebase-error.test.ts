import { classOfFirebaseError } from './firebase-error.ts';

const fcm = (errorCode: string) => [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }];
const field = (name: string) => [
  { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: name }] },
];

test.each<[number, object | undefined, string, boolean, string]>([
  [404, { status: 'NOT_FOUND', details: fcm('UNREGISTERED') }, 'bad_recipient', false, 'UNREGISTERED'],
  [
    403,
    { status: 'PERMISSION_DENIED', details: fcm('SENDER_ID_MISMATCH') },
    'bad_recipient',
    false,
    'SENDER_ID_MISMATCH',
  ],
  [
    400,
    {
      status: 'INVALID_ARGUMENT',
      message: 'The registration token is not a valid FCM registration token',
      details: fcm('INVALID_ARGUMENT'),
    },
    'bad_recipient',
    false,
    'INVALID_ARGUMENT',
  ],
  [400, { status: 'INVALID_ARGUMENT', details: field('message.token') }, 'bad_recipient', false, 'INVALID_ARGUMENT'],
  [400, { status: 'INVALID_ARGUMENT', details: field('message.data[0].value') }, 'rejected', false, 'INVALID_ARGUMENT'],
  [429, { status: 'RESOURCE_EXHAUSTED', details: fcm('QUOTA_EXCEEDED') }, 'rate_limited', true, 'QUOTA_EXCEEDED'],
  [503, { status: 'UNAVAILABLE', details: fcm('UNAVAILABLE') }, 'provider_down', true, 'UNAVAILABLE'],
  [500, { status: 'INTERNAL', details: fcm('INTERNAL') }, 'provider_down', true, 'INTERNAL'],
  [401, { status: 'UNAUTHENTICATED', details: fcm('THIRD_PARTY_AUTH_ERROR') }, 'auth', true, 'THIRD_PARTY_AUTH_ERROR'],
  [401, { status: 'UNAUTHENTICATED' }, 'auth', true, 'UNAUTHENTICATED'],
  [403, { status: 'PERMISSION_DENIED' }, 'auth', true, 'PERMISSION_DENIED'],
  [404, { status: 'NOT_FOUND' }, 'auth', true, 'NOT_FOUND'],
  // What is not known: the HTTP status stands in.
  [400, { status: 'FAILED_PRECONDITION' }, 'rejected', false, 'FAILED_PRECONDITION'],
  [504, undefined, 'unknown_outcome', true, '504'],
  [502, undefined, 'provider_down', true, '502'],
])('HTTP %i with %j: %s, retryable %p', (status, error, errorClass, retryable, code) => {
  const body = error ? JSON.stringify({ error }) : '<html>';
  expect(classOfFirebaseError(status, body)).toMatchObject({ errorClass, retryable, code });
});
