import type { Database } from '@postrider/shared/events/store/database.ts';
import type { authenticate } from '@postrider/shared/service/api-keys.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import type { Express } from 'express';
import { MAX_BATCH_BYTES, MAX_EVENT_BYTES, postEvent, postEventBatch } from './post-events.ts';
import { deleteEvent, patchEvent } from './change-events.ts';
import { getEvent, listEvents } from './read-events.ts';
import { previewEvent, type TypedEventParts } from './typed-events.ts';

export interface RouteParts extends TypedEventParts {
  database: Database;
  allow: ReturnType<typeof authenticate>;
}

export function addRoutes(app: Express, parts: RouteParts): void {
  const { database, allow, clock } = parts;
  const mayWrite = allow('events:write');
  const mayRead = allow('events:read');

  app.post('/v1/events', mayWrite, jsonBody(MAX_EVENT_BYTES), postEvent(parts));
  app.post('/v1/events/batch', mayWrite, jsonBody(MAX_BATCH_BYTES), postEventBatch(parts));
  app.get('/v1/events', mayRead, listEvents(database));
  app.get('/v1/events/:id', mayRead, getEvent(database));
  app.delete('/v1/events/:id', mayWrite, deleteEvent(database, clock));
  app.patch('/v1/events/:id', mayWrite, jsonBody(MAX_EVENT_BYTES), patchEvent(database, clock));
  app.post('/v1/templates/preview', mayWrite, jsonBody(MAX_EVENT_BYTES), previewEvent(parts));
}
