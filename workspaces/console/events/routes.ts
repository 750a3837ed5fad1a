import type { Express, Request, RequestHandler } from 'express';
import { anything, eventDetails } from '../api/answers.ts';
import type { Api } from '../api/api.ts';
import { sendPage } from '../html/page.ts';
import { callerOf } from '../session/caller.ts';
import { listEvents } from './list.ts';
import { eventBody } from './page.ts';

type OfEvent = RequestHandler<{ id: string }>;

export function addEventRoutes(app: Express, api: Api): void {
  app.get('/events', listEvents(api));
  app.get('/events/:id', showEvent(api));
  app.post('/events/:id/cancel', cancelEvent(api));
}

function showEvent(api: Api): OfEvent {
  return async (request, response) => {
    const event = await api.call(callerOf(request), { service: 'ingestion', path: pathOf(request) }, eventDetails);
    const body = eventBody(event, request.query['payload'] === 'shown');
    sendPage(request, response, { title: `Event ${event.id}`, body });
  };
}

function cancelEvent(api: Api): OfEvent {
  return async (request, response) => {
    const path = pathOf(request);
    await api.call(callerOf(request), { service: 'ingestion', method: 'DELETE', path }, anything);
    response.redirect(303, `/events/${encodeURIComponent(request.params.id)}`);
  };
}

const pathOf = ({ params }: Request<{ id: string }>): string => `/v1/events/${encodeURIComponent(params.id)}`;
