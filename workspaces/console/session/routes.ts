import { html } from '@postrider/shared/service/html.ts';
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express';
import { anything } from '../api/answers.ts';
import type { Api, Caller } from '../api/api.ts';
import { ApiProblem, ServiceAway } from '../api/api-error.ts';
import { formOf, readForm } from '../forms/form-body.ts';
import { explanation } from '../html/error-page.ts';
import { sendPage } from '../html/page.ts';
import { callerOf } from './caller.ts';
import { forgetKey, isKey, keepKey, keyOf } from './cookie.ts';
import { returnPath } from './return-path.ts';

export function addSessionRoutes(app: Express, api: Api): void {
  app.get('/sign-in', (request, response) => {
    sendSignIn(request, response, { next: returnPath(request.query['next']) });
  });

  app.post('/sign-in', readForm, signIn(api));

  app.post('/sign-out', (request, response) => {
    forgetKey(request, response);
    response.redirect(303, '/sign-in');
  });
}

/** POST /sign-in: a key is kept only when a service knows it. */
function signIn(api: Api): RequestHandler {
  return async (request, response) => {
    const form = formOf(request);
    const key = form['key']?.trim() ?? '';
    const next = returnPath(form['next']);
    if (!isKey(key)) return sendSignIn(request, response, { next, status: 400, fault: 'That cannot be an API key.' });
    try {
      await tryKey(api, { ...callerOf(request), key });
    } catch (error) {
      const fault = error instanceof ApiProblem && REFUSALS[error.status]?.(error);
      if (!fault) throw error;
      return sendSignIn(request, response, { next, status: error.status, fault });
    }
    keepKey(request, response, key);
    response.redirect(303, next);
  };
}

const REFUSALS: Record<number, (error: ApiProblem) => string> = {
  401: () => 'The services do not know this API key.',
  403: ({ message }) => `The services know this key, but it may not read: ${message}.`,
};

/** Either service tells, so that one that is away keeps nobody out. @throws ApiProblem or ServiceAway */
async function tryKey(api: Api, caller: Caller): Promise<void> {
  const query = { limit: '1' };
  try {
    await api.call(caller, { service: 'ingestion', path: '/v1/events', query }, anything);
  } catch (error) {
    if (!(error instanceof ServiceAway)) throw error;
    await api.call(caller, { service: 'retry', path: '/v1/dead-letters', query }, anything);
  }
}

/** To be called after all routes: whoever has no key that is known is asked for one. */
export const askToSignIn: ErrorRequestHandler = (error, request, response, next) => {
  if (!(error instanceof ApiProblem) || error.status !== 401) return next(error);
  if (keyOf(request) !== undefined) forgetKey(request, response);
  else if (request.method === 'GET' && request.get('sec-fetch-site') === 'cross-site')
    return comeAgain(request, response);
  // What was posted is not done later on.
  const back = request.method === 'GET' ? request.originalUrl : '/';
  response.redirect(303, `/sign-in?${new URLSearchParams({ next: back }).toString()}`);
};

/** For a link on another site's page browsers hold a SameSite=Strict cookie back; for a page of ours they do not. */
function comeAgain(request: Request, response: Response): void {
  const body = html`<p><a href="${request.originalUrl}">Go on</a></p>`;
  sendPage(request, response, { title: 'One moment', body, refreshSeconds: 0 });
}

interface SignIn {
  /** Where to go on to. */
  next: string;
  status?: number;
  fault?: string;
}

function sendSignIn(request: Request, response: Response, { next, status = 200, fault }: SignIn): void {
  const body = html`${fault ? explanation({ message: fault }) : null}<p>The services ask for an API key with the scope <code>events:read</code>. It is
kept by this browser until it is closed, and nowhere else. What the key may do besides, it may do here.</p>
<form class="fields" method="post" action="/sign-in"><input type="hidden" name="next" value="${next}">
<label>API key<input type="password" name="key" required maxlength="256" size="40" autocomplete="current-password"></label>
<button class="main">Sign in</button></form>`;
  sendPage(request, response, { title: 'Sign in', status, body });
}
