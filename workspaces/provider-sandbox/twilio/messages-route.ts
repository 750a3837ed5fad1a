import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { isAccepted } from '../behaviours/behaviour.ts';
import { answerAs } from '../behaviours/http-answer.ts';
import type { RuleBook } from '../behaviours/rule-book.ts';
import type { ReceivedStore } from '../received/received-store.ts';
import { type ApiError, AUTHENTICATE, faultIn, refusal } from './api-error.ts';
import { API, createMessageSid, messageResource } from './message-resource.ts';

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

/** Twilio's Messages API, as far as sending goes. */
export function messagesRoute({ rules, received }: { rules: RuleBook; received: ReceivedStore }): Router {
  const form = express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' });

  const authenticate: RequestHandler<{ account: string }> = (request, response, next) => {
    if (usernameOf(request.headers.authorization) === request.params.account) return next();
    received.refuse('sms', 'auth');
    response.set('WWW-Authenticate', 'Basic realm="Twilio API"');
    sendError(response, AUTHENTICATE);
  };

  const create = (request: Request<{ account: string }>, response: Response): void => {
    const body: unknown = request.body;
    const source = typeof body === 'string' ? body : '';
    const params = new URLSearchParams(source);
    const value = (name: string): string => params.get(name) ?? '';
    const message = {
      To: value('To'),
      From: value('From'),
      MessagingServiceSid: value('MessagingServiceSid'),
      Body: value('Body'),
    };
    const fault = faultIn(message);
    if (fault) {
      received.refuse('sms', 'invalid');
      return sendError(response, fault);
    }

    // Twilio's API carries no id of the sender's own, so the tries of one message are told by what it says.
    const identity = `${message.To}\n${message.Body}`;
    const behaviour = rules.decide({ provider: 'twilio', recipient: message.To, identity });
    const { retryAfter } = behaviour;
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    if (!isAccepted(behaviour)) {
      received.refuse('sms', behaviour.action);
      return answerAs(behaviour, response, () => sendError(response, refusal(behaviour, message.To)));
    }

    const sid = createMessageSid();
    const { receivedAtMs } = received.add({
      channel: 'sms',
      provider: 'twilio',
      recipient: message.To,
      sender: message.From || message.MessagingServiceSid,
      id: UUID.exec(value('StatusCallback'))?.[0] ?? null,
      providerMessageId: sid,
      subject: null,
      text: message.Body,
      html: null,
      headers: withoutCredentials(request.headers),
      body: source,
    });
    const resource = messageResource(request.params.account, sid, message, new Date(receivedAtMs));
    answerAs(behaviour, response, () => {
      response.status(behaviour.status ?? 201).type('json');
      response.send(behaviour.action === 'garbage' ? '{"sid": "SM' : JSON.stringify(resource));
    });
  };

  const router = Router();
  router.post(`${API}/:account/Messages.json`, authenticate, form, create);
  return router;
}

/** The user of HTTP Basic credentials; undefined without user or password. */
function usernameOf(authorization: string | undefined): string | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return /^([^:]+):./.exec(Buffer.from(encoded, 'base64').toString('utf8'))?.[1];
}

function withoutCredentials(headers: Request['headers']): Request['headers'] {
  return { ...headers, ...(headers.authorization && { authorization: 'Basic …' }) };
}

function sendError(response: Response, error: ApiError): void {
  response.status(error.status).json(error);
}
