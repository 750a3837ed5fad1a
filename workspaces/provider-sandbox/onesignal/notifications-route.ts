import { randomUUID } from 'node:crypto';
import express, { Router } from 'express';
import { type Behaviour, isAccepted } from '../behaviours/behaviour.ts';
import {
  type Answer,
  objectIn,
  objectOf,
  receiveMessage,
  refuse,
  type Stores,
  send,
  textOf,
} from '../http-api/reception.ts';

const MAX_KEYS = 100_000;

/** OneSignal's notifications: https://documentation.onesignal.com/reference/push-notification */
export function onesignalRoute(stores: Stores): Router {
  /** A key that was used gets the former answer again, and nothing is sent. */
  const answered = new Map<string, Answer>();
  const router = Router();
  router.post('/onesignal/notifications', express.text({ type: () => true, limit: '64kb' }), (request, response) => {
    if (!/^(?:Key|Basic) (?!wrong)\S+$/.test(request.headers.authorization ?? '')) {
      return refuse(stores, response, 'onesignal', 'auth', ACCESS_DENIED);
    }
    const notification = objectIn(request) ?? {};
    const recipient = recipientOf(notification);
    const fault = faultIn(notification, recipient);
    if (fault) return refuse(stores, response, 'onesignal', 'invalid', fault);

    const key = textOf(notification['idempotency_key']);
    const former = answered.get(key);
    if (former) return send(response, former);
    const id = randomUUID();
    const taken = { status: 200, body: { id, external_id: key || null } };
    const behaviour = receiveMessage(
      stores,
      request,
      response,
      {
        provider: 'onesignal',
        recipient,
        id: textOf(objectOf(notification['data'])['postriderEventId']) || null,
        providerMessageId: id,
        subject: textOf(objectOf(notification['headings'])['en']),
        text: textOf(objectOf(notification['contents'])['en']),
      },
      { taken, refused: refusal },
    );
    if (key && isAccepted(behaviour)) remember(key, taken);
  });

  function remember(key: string, answer: Answer): void {
    answered.set(key, answer);
    if (answered.size > MAX_KEYS) answered.delete(answered.keys().next().value ?? '');
  }
  return router;
}

const errors = (status: number, ...texts: string[]): Answer => ({ status, body: { errors: texts } });

const ACCESS_DENIED = errors(403, "Access denied. Please include an 'Authorization: ...' header with a valid API key");

function recipientOf(notification: Record<string, unknown>): string {
  const aliases = objectOf(notification['include_aliases'])['external_id'];
  const lists = [aliases, notification['include_subscription_ids'], notification['include_android_reg_ids']];
  const [first] = lists.filter(Array.isArray).flat() as unknown[];
  const segments: unknown = notification['included_segments'];
  return textOf(first) || (Array.isArray(segments) ? `segment ${textOf(segments[0])}` : '');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[34][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function faultIn(notification: Record<string, unknown>, recipient: string): Answer | undefined {
  if (!textOf(notification['app_id'])) return errors(400, 'app_id not found. You may be missing a Content-Type');
  if (!textOf(objectOf(notification['contents'])['en'])) {
    return errors(400, 'Notification contents must not be null for any languages.');
  }
  if (!recipient) return errors(400, 'You must include which players, segments, or tags you wish to send this to.');
  const key = notification['idempotency_key'];
  if (key !== undefined && !UUID.test(textOf(key))) return errors(400, 'idempotency_key must be a valid UUID');
  // HTTP 200, and nothing is sent.
  if (/^unknown\b/.test(recipient)) {
    return { status: 200, body: { id: '', errors: { invalid_aliases: { external_id: [recipient] } } } };
  }
  if (/^unsubscribed\b/.test(recipient)) {
    return { status: 200, body: { id: '', errors: ['All included players are not subscribed'] } };
  }
  return undefined;
}

function refusal({ action, status }: Behaviour): Answer {
  if (status === 401 || status === 403) return ACCESS_DENIED;
  if (status !== undefined) return errors(status, 'An error that was asked for');
  if (action === 'rate-limit') return errors(429, 'API rate limit exceeded');
  if (action === 'fail') return errors(500, 'Internal Server Error');
  return errors(400, 'Notification contents must be valid');
}
