import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { RequestHandler } from 'express';

/** Lets nothing be changed but by a form of this console: whatever page another site shows to somebody who is signed in. */
export const refuseCrossSite: RequestHandler = ({ method, headers }, _response, next) => {
  if (method === 'GET' || method === 'HEAD' || isFromHere(headers)) return next();
  throw new AppError('forbidden', 'This was sent by the page of another site, so nothing was done.');
};

/**
 * Browsers send Sec-Fetch-Site over https and to loopback, and Origin with every POST; no page can set either.
 * Source: https://www.w3.org/TR/fetch-metadata/
 */
export function isFromHere({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === 'same-origin';
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
