import { AppError, type FieldError } from '@postrider/shared/errors/app-error.ts';
import { html } from '@postrider/shared/service/html.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import type { ErrorRequestHandler, Express } from 'express';
import { ApiProblem, ServiceAway } from '../api/api-error.ts';
import { type Page, sendPage } from './page.ts';

/** To be called after all routes: unknown paths and every error become pages. */
export function answerErrorsAsPages(app: Express, logger: Logger): void {
  app.use(() => {
    throw new AppError('not_found', 'There is no such page.');
  });
  const onError: ErrorRequestHandler = (error: unknown, request, response, next) => {
    const { method, path } = request;
    if (error instanceof ServiceAway) logger.warn({ method, path, cause: causeOf(error) }, error.message);
    const page = errorPage(error);
    if (page.status === 500) logger.error({ err: error, method, path }, 'request failed');
    if (response.headersSent) return next(error);
    sendPage(request, response, page);
  };
  app.use(onError);
}

/** What a person can make use of; of an error of our own nothing but that there was one. */
function errorPage(error: unknown): Page {
  if (error instanceof ApiProblem) return told(error.status, TITLES[error.status] ?? 'That was refused', error);
  if (error instanceof ServiceAway) return told(error.status, 'A service is away', error);
  if (error instanceof AppError) return told(error.status, TITLES[error.status] ?? 'That was refused', error);
  const { status, message } = error as { status?: unknown; message?: string };
  // Express's own errors for what clients send (a malformed percent-encoding, say) carry a 4xx status.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return told(status, 'That was not understood', { message: message ?? '' });
  return told(500, 'Something went wrong', { message: 'An unexpected error; it has been logged.' });
}

const TITLES: Record<number, string> = {
  400: 'Something in the request is faulty',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Not possible any more',
  503: 'The service cannot do that now',
};

function told(status: number, title: string, error: { message: string; fields?: FieldError[] }): Page {
  return { status, title, body: explanation(error) };
}

/** An error's sentence, and each faulty field. */
export function explanation({ message, fields = [] }: { message: string; fields?: FieldError[] }) {
  return html`<div class="notice bad" role="alert"><p>${sentence(message)}</p>${
    fields.length > 0
      ? html`<ul>${fields.map((field) => html`<li><strong>${field.path}</strong>: ${field.message}</li>`)}</ul>`
      : null
  }</div>`;
}

/** Services begin theirs with a small letter. */
const sentence = (message: string): string => message.charAt(0).toUpperCase() + message.slice(1);

/** Undici's codes and Node's: no address, nothing of the request. */
function causeOf({ cause }: Error): string | undefined {
  return cause instanceof Error ? ((cause as { code?: string }).code ?? cause.name) : undefined;
}
