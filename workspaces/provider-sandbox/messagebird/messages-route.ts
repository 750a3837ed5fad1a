import { randomBytes } from 'node:crypto';
import express, { Router } from 'express';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { type Answer, objectIn, receiveMessage, refuse, type Stores, textOf } from '../http-api/reception.ts';

/** MessageBird's SMS API, as far as sending goes: https://developers.messagebird.com/api/sms-messaging/ */
export function messagebirdRoute(stores: Stores): Router {
  const router = Router();
  router.post('/messagebird/messages', express.text({ type: () => true, limit: '64kb' }), (request, response) => {
    if (!/^AccessKey (?!wrong)\S+$/.test(request.headers.authorization ?? '')) {
      return refuse(stores, response, 'messagebird', 'auth', WRONG_KEY);
    }
    const message = objectIn(request) ?? {};
    const fault = faultIn(message);
    if (fault) return refuse(stores, response, 'messagebird', 'invalid', fault);

    const id = randomBytes(16).toString('hex');
    const [number = ''] = recipientsOf(message);
    const recipient = `+${number}`;
    receiveMessage(
      stores,
      request,
      response,
      {
        provider: 'messagebird',
        recipient,
        sender: textOf(message['originator']),
        id: textOf(message['reference']) || null,
        providerMessageId: id,
        text: textOf(message['body']),
      },
      { taken: { status: 201, body: messageObject(id, message, Number(number)) }, refused: (asked) => refusal(asked) },
    );
  });
  return router;
}

const WRONG_KEY = error(401, 2, 'Request not allowed (incorrect access_key)', 'access_key');

function error(status: number, code: number, description: string, parameter: string | null): Answer {
  return { status, body: { errors: [{ code, description, parameter }] } };
}

function faultIn(message: Record<string, unknown>): Answer | undefined {
  const recipients = recipientsOf(message);
  if (recipients.length === 0 || !recipients.every((one) => /^[1-9]\d{6,14}$/.test(one))) {
    return error(422, 9, 'no (correct) recipients found', 'recipients');
  }
  if (!message['originator']) return error(422, 9, 'originator is required', 'originator');
  if (!/^(?:\+?\d{1,17}|[A-Za-z0-9 ]{1,11})$/.test(textOf(message['originator']))) {
    return error(422, 10, 'originator is invalid', 'originator');
  }
  if (!message['body']) return error(422, 9, 'body is required', 'body');
  return undefined;
}

function recipientsOf({ recipients }: Record<string, unknown>): string[] {
  return Array.isArray(recipients) ? recipients.map(String) : textOf(recipients).split(',').filter(Boolean);
}

function refusal({ action, status }: Behaviour): Answer {
  if (status === 401) return WRONG_KEY;
  if (status !== undefined) return error(status, 21, 'An error that was asked for', null);
  if (action === 'rate-limit') return error(429, 429, 'Too many requests', null);
  if (action === 'fail') return error(500, 99, 'Internal error', null);
  return error(422, 9, 'no (correct) recipients found', 'recipients');
}

function messageObject(id: string, message: Record<string, unknown>, recipient: number) {
  const now = new Date().toISOString().replace(/\.\d+Z$/, '+00:00');
  return {
    id,
    href: `https://rest.messagebird.com/messages/${id}`,
    direction: 'mt',
    type: 'sms',
    originator: message['originator'],
    body: message['body'],
    reference: message['reference'] ?? null,
    validity: null,
    gateway: 10,
    typeDetails: {},
    datacoding: message['datacoding'] ?? 'plain',
    mclass: 1,
    scheduledDatetime: null,
    createdDatetime: now,
    recipients: {
      totalCount: 1,
      totalSentCount: 1,
      totalDeliveredCount: 0,
      totalDeliveryFailedCount: 0,
      items: [{ recipient, status: 'sent', statusDatetime: now }],
    },
  };
}
