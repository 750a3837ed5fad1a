import { randomUUID } from 'node:crypto';
import express, { type Response as ExpressResponse, type Request, Router } from 'express';
import { type Behaviour, isAccepted } from '../behaviours/behaviour.ts';
import { answerAs } from '../behaviours/http-answer.ts';
import { keepMail, type Stores } from '../smtp/mail-reception.ts';
import { addressesIn, parsedMail } from './mail.ts';
import { faultIn, refusalOf } from './refusal.ts';

/** Mailgun's Messages API, under /mailgun. */
export function mailgunRoute(stores: Stores): Router {
  const form = express.raw({ type: () => true, limit: '1mb' });

  async function create(request: Request<{ domain: string }>, response: ExpressResponse): Promise<void> {
    if (!isAuthorized(request.headers.authorization)) {
      stores.received.refuse('email', 'auth');
      response.status(401).type('text').send('Forbidden');
      return;
    }
    const source: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const sent = await formIn(source, request.headers['content-type'] ?? '');
    const fault = sent ? faultIn(sent) : { status: 400, message: 'the request cannot be read' };
    if (fault || !sent) {
      stores.received.refuse('email', 'invalid');
      response.status(fault?.status ?? 400).json({ message: fault?.message });
      return;
    }
    const mail = parsedMail(sent, source.toString('utf8'));
    const id = mail.messageId ?? `<${randomUUID()}@${request.params.domain}>`;
    const recipients = (['to', 'cc', 'bcc'] as const).flatMap((name) => addressesIn(sent, name));
    const behaviour = keepMail(stores, 'mailgun', mail, recipients, id);
    answerAs(behaviour, response, () => answer(response, behaviour, id, request.params.domain));
  }

  const router = Router();
  router.post('/mailgun/v3/:domain/messages', form, (request, response, next) => {
    create(request, response).catch(next);
  });
  return router;
}

/** HTTP Basic with the user `api` and a private key. */
function isAuthorized(authorization = ''): boolean {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization)?.[1] ?? '';
  const [, key = ''] = /^api:(.+)$/.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return key !== '' && !/^(?:pubkey-|wrong)/.test(key);
}

async function formIn(source: Buffer, contentType: string): Promise<FormData | undefined> {
  try {
    return await new Response(new Uint8Array(source), { headers: { 'content-type': contentType } }).formData();
  } catch {
    return undefined;
  }
}

function answer(response: ExpressResponse, behaviour: Behaviour, id: string, domain: string): void {
  const { action, retryAfter, status } = behaviour;
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  if (isAccepted(behaviour)) {
    response.status(status ?? 200).type('json');
    response.send(action === 'garbage' ? '{"id": "<' : JSON.stringify({ id, message: 'Queued. Thank you.' }));
    return;
  }
  const refusal = refusalOf(behaviour, domain);
  if (refusal.status === 401) response.status(401).type('text').send('Forbidden');
  else response.status(refusal.status).json({ message: refusal.message });
}
