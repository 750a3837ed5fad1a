import { randomInt } from 'node:crypto';
import express, { Router } from 'express';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { type Answer, objectIn, receiveMessage, refuse, type Stores, textOf } from '../http-api/reception.ts';

const MAX_CHARACTERS = 2_000;

/** Discord's webhooks: https://docs.discord.com/developers/resources/webhook#execute-webhook */
export function discordRoute(stores: Stores): Router {
  const body = express.text({ type: () => true, limit: '256kb' });
  const router = Router();
  router.post('/discord/api/webhooks/:id/:token', body, (request, response) => {
    if (!/^\d+$/.test(request.params.id) || request.params.token === 'unknown') {
      return refuse(stores, response, 'discord', 'auth', error(404, 10015, 'Unknown Webhook'));
    }
    const message = objectIn(request) ?? {};
    const text = textOf(message['content']);
    const fault = faultIn(message, text);
    if (fault) return refuse(stores, response, 'discord', 'invalid', fault);
    const id = `${Date.now()}${randomInt(1e5)}`;
    receiveMessage(
      stores,
      request,
      response,
      {
        provider: 'discord',
        recipient: request.path,
        id: request.get('x-postrider-event-id') ?? null,
        providerMessageId: id,
        text,
      },
      {
        taken:
          request.query['wait'] === 'true'
            ? { status: 200, body: { id, type: 0, content: text, webhook_id: request.params.id } }
            : { status: 204, body: '' },
        refused: refusal,
      },
    );
  });
  return router;
}

const error = (status: number, code: number, message: string, more: object = {}): Answer => ({
  status,
  body: { message, code, ...more },
});

function faultIn(message: Record<string, unknown>, text: string): Answer | undefined {
  if (!text && !message['embeds']) return error(400, 50006, 'Cannot send an empty message');
  if (text.length <= MAX_CHARACTERS) return undefined;
  const fault = { code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${MAX_CHARACTERS} or fewer in length.` };
  return error(400, 50035, 'Invalid Form Body', { errors: { content: { _errors: [fault] } } });
}

function refusal({ action, status, retryAfter = 0 }: Behaviour): Answer {
  if (status !== undefined) return error(status, 0, 'An error that was asked for');
  if (action === 'rate-limit') {
    return { status: 429, body: { message: 'You are being rate limited.', retry_after: retryAfter, global: false } };
  }
  if (action === 'fail') return error(500, 0, '500: Internal Server Error');
  return error(400, 50035, 'Invalid Form Body');
}
