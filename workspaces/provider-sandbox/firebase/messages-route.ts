import { randomInt } from 'node:crypto';
import express, { Router } from 'express';
import type { Behaviour } from '../behaviours/behaviour.ts';
import {
  type Answer,
  objectIn,
  objectOf,
  receiveMessage,
  refuse,
  type Stores,
  send,
  sourceOf,
  textOf,
} from '../http-api/reception.ts';
import { AccessTokens } from './access-tokens.ts';

/**
 * FCM's HTTP v1 API and Google's token endpoint: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
 * A recipient is a token, whose part before the colon may say what is to happen, or `/topics/NAME`.
 */
export function firebaseRoutes(stores: Stores): Router {
  const tokens = new AccessTokens();
  const body = express.text({ type: () => true, limit: '64kb' });
  const router = Router();

  router.post('/firebase/token', body, (request, response) => {
    const issued = tokens.issue(new URLSearchParams(sourceOf(request)));
    if (typeof issued !== 'string') return send(response, { status: 200, body: issued });
    refuse(stores, response, 'firebase', 'auth', {
      status: 400,
      body: { error: 'invalid_grant', error_description: issued },
    });
  });

  /** Not Google's: ends all access tokens before their time. */
  router.delete('/firebase/tokens', (_request, response) => {
    tokens.revoke();
    response.status(204).end();
  });

  router.post('/firebase/v1/projects/:project/messages\\:send', body, (request, response) => {
    if (!tokens.isValid(request.headers.authorization))
      return refuse(stores, response, 'firebase', 'auth', UNAUTHENTICATED);
    const message = objectOf(objectIn(request)?.['message']);
    const fault = faultIn(message);
    if (fault) return refuse(stores, response, 'firebase', 'invalid', fault);
    const notification = objectOf(message['notification']);
    const data = objectOf(message['data']);
    receiveMessage(
      stores,
      request,
      response,
      {
        provider: 'firebase',
        recipient: textOf(message['token']) || `/topics/${textOf(message['topic'])}`,
        id: textOf(data['postriderEventId']) || null,
        providerMessageId: null,
        subject: textOf(notification['title']),
        text: textOf(notification['body']),
      },
      {
        taken: {
          status: 200,
          body: { name: `projects/${request.params.project}/messages/${Date.now()}${randomInt(1e9)}` },
        },
        refused: refusal,
      },
    );
  });
  return router;
}

const FCM_ERROR = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';

function error(code: number, status: string, message: string, details?: object): Answer {
  return { status: code, body: { error: { code, message, status, ...(details && { details: [details] }) } } };
}

const fcmError = (code: number, status: string, errorCode: string, message: string): Answer =>
  error(code, status, message, { '@type': FCM_ERROR, errorCode });

const badRequest = (field: string, description: string): Answer =>
  error(400, 'INVALID_ARGUMENT', description, {
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [{ field, description }],
  });

const UNAUTHENTICATED = error(
  401,
  'UNAUTHENTICATED',
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
);

function faultIn(message: Record<string, unknown>): Answer | undefined {
  const { token, topic, data = {} } = message;
  if ((token === undefined) === (topic === undefined)) {
    return fcmError(
      400,
      'INVALID_ARGUMENT',
      'INVALID_ARGUMENT',
      'Exactly one of token, topic or condition is required',
    );
  }
  const [name] = Object.entries(objectOf(data)).find(([, value]) => typeof value !== 'string') ?? [];
  if (name !== undefined) return badRequest(`message.data[${name}]`, `Invalid value at 'message.data' (TYPE_STRING)`);
  if (/^unknown\b/.test(textOf(token))) {
    return fcmError(404, 'NOT_FOUND', 'UNREGISTERED', 'Requested entity was not found.');
  }
  return undefined;
}

function refusal({ action, status }: Behaviour): Answer {
  if (status === 401) return UNAUTHENTICATED;
  if (status !== undefined) return error(status, 'UNKNOWN', 'An error that was asked for');
  if (action === 'rate-limit') {
    return fcmError(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED', 'Quota exceeded for quota metric of the project');
  }
  if (action === 'fail') return fcmError(503, 'UNAVAILABLE', 'UNAVAILABLE', 'The service is currently unavailable.');
  return badRequest('message.notification', 'Invalid value at message.notification');
}
