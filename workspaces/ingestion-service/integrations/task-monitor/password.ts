import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { ErrorRequestHandler, RequestHandler } from 'express';

const BASIC = /^Basic\s+([\w+/=]+)$/i;

/** Browsers can ask for a name and a password, and for nothing else: the token is the password, whatever the name. */
export const acceptPassword: RequestHandler = (request, _response, next) => {
  const given = BASIC.exec(request.headers.authorization ?? '')?.[1];
  if (given !== undefined) {
    const [, password = ''] = /^[^:]*:(\S+)$/.exec(Buffer.from(given, 'base64').toString('utf8')) ?? [];
    request.headers.authorization = `Bearer ${password}`;
    (request as { byPassword?: boolean }).byPassword = true;
  }
  next();
};

/** A wrong password is asked for again, instead of 403 as for a wrong token: a browser would send it for ever. */
export const askForPassword: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (!(error instanceof AppError) || (error.code !== 'unauthorized' && error.code !== 'forbidden')) return next(error);
  const byPassword = (request as { byPassword?: boolean }).byPassword === true;
  // Each in a line of its own: Chromium understands none of two in one line.
  if (byPassword || error.code === 'unauthorized') response.set('WWW-Authenticate', ['Basic realm="tasks"', 'Bearer']);
  next(byPassword ? new AppError('unauthorized', error.message) : error);
};
