import express, { Router } from 'express';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { type Answer, objectIn, receiveMessage, refuse, type Stores, textOf } from '../http-api/reception.ts';

/** Slack's incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function slackRoute(stores: Stores): Router {
  const body = express.text({ type: () => true, limit: '256kb' });
  const router = Router();
  router.post('/slack/services/:team/:service/:token', body, (request, response) => {
    if (request.path.split('/').includes('unknown')) {
      return refuse(stores, response, 'slack', 'auth', { status: 404, body: 'no_service' });
    }
    const message = objectIn(request);
    const text = textOf(message?.['text']);
    if (!message) return refuse(stores, response, 'slack', 'invalid', { status: 400, body: 'invalid_payload' });
    if (!text && !message['blocks']) {
      return refuse(stores, response, 'slack', 'invalid', { status: 400, body: 'no_text' });
    }
    receiveMessage(
      stores,
      request,
      response,
      {
        provider: 'slack',
        recipient: request.path,
        id: request.get('x-postrider-event-id') ?? null,
        providerMessageId: null,
        text,
      },
      { taken: { status: 200, body: 'ok' }, refused: refusal },
    );
  });
  return router;
}

function refusal({ action, status }: Behaviour): Answer {
  if (status !== undefined) return { status, body: 'action_prohibited' };
  if (action === 'rate-limit') return { status: 429, body: 'rate_limited' };
  if (action === 'fail') return { status: 500, body: 'rollup_error' };
  return { status: 400, body: 'invalid_payload' };
}
