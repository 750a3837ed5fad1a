import { randomBytes } from 'node:crypto';
import express, { type Request, type Response, Router } from 'express';
import { type Behaviour, isAccepted } from '../behaviours/behaviour.ts';
import { answerAs } from '../behaviours/http-answer.ts';
import { keepMail, type Stores } from '../smtp/mail-reception.ts';
import { type ApiError, apiError, faultIn, refusal, UNAUTHORIZED } from './api-error.ts';
import { type MailSend, mailSend, parsedMail, recipientsIn } from './mail.ts';

/** SendGrid's Mail Send API, under /sendgrid. */
export function sendgridRoute(stores: Stores): Router {
  const router = Router();
  router.post('/sendgrid/v3/mail/send', express.text({ type: () => true, limit: '1mb' }), (request, response) => {
    // Its keys start so; anything else is a wrong one.
    const fault = /^Bearer SG\.\S+$/.test(request.headers.authorization ?? '') ? undefined : UNAUTHORIZED;
    const source = typeof request.body === 'string' ? request.body : '';
    const mail = fault ? undefined : mailIn(source);
    const invalid = fault ?? (mail ? faultIn(mail) : apiError(400, 'Bad Request'));
    if (invalid || !mail) {
      stores.received.refuse('email', fault ? 'auth' : 'invalid');
      return sendError(response, invalid ?? UNAUTHORIZED);
    }
    const id = randomBytes(16).toString('base64url');
    const recipients = recipientsIn(mail).map(({ mailbox }) => mailbox.email);
    const behaviour = keepMail(stores, 'sendgrid', parsedMail(mail, source), recipients, id);
    answerAs(behaviour, response, () => answer(response, behaviour, id));
  });
  return router;
}

function mailIn(source: Request['body']): MailSend | undefined {
  try {
    return mailSend.safeParse(JSON.parse(source)).data;
  } catch {
    return undefined;
  }
}

function answer(response: Response, behaviour: Behaviour, id: string): void {
  const { action, retryAfter, status } = behaviour;
  if (retryAfter !== undefined) {
    response.set('Retry-After', String(retryAfter));
    response.set('X-RateLimit-Remaining', '0');
    response.set('X-RateLimit-Reset', String(Math.ceil(Date.now() / 1_000) + retryAfter));
  }
  if (!isAccepted(behaviour)) return sendError(response, refusal(behaviour));
  response.status(status ?? 202);
  if (action === 'garbage') response.type('json').send('{"errors": [');
  else response.set('X-Message-Id', id).end();
}

function sendError(response: Response, { status, body }: ApiError): void {
  response.status(status).json(body);
}
