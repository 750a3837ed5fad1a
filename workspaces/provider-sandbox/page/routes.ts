import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { type Response, Router } from 'express';
import { z } from 'zod';
import { CHANNELS } from '../behaviours/behaviour.ts';
import type { Arrival } from '../received/arrival.ts';
import type { ReceivedStore } from '../received/received-store.ts';
import { arrivalsPage } from './arrivals-page.ts';
import { MAIL_POLICY, PAGE_POLICY } from './layout.ts';
import { mailPage } from './mail-page.ts';

const SHOWN_ARRIVALS = 100;

const query = z.object({ channel: z.enum(CHANNELS).optional() });

export function pageRoutes(received: ReceivedStore): Router {
  const mailOf = (seq: string): Arrival => {
    const arrival = received.get(Number(seq));
    if (arrival?.channel !== 'email') throw new AppError('not_found', 'there is no such mail, or it is no longer kept');
    return arrival;
  };

  const router = Router();
  router.get('/', (request, response) => {
    const { channel } = parseOrThrow(query, { ...request.query });
    const { items } = received.find({ channel }, SHOWN_ARRIVALS);
    sendPage(response, PAGE_POLICY, arrivalsPage(items, received.counts(), channel));
  });
  router.get('/mails/:seq', (request, response) => {
    sendPage(response, PAGE_POLICY, mailPage(mailOf(request.params.seq)));
  });
  router.get('/mails/:seq/html', (request, response) => {
    sendPage(response, MAIL_POLICY, mailOf(request.params.seq).html ?? '');
  });
  return router;
}

function sendPage(response: Response, policy: string, markup: string): void {
  response.set({ 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
  response.type('html').send(markup);
}
