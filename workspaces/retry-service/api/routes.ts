import type { Database } from '@postrider/shared/events/store/database.ts';
import type { authenticate } from '@postrider/shared/service/api-keys.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import type { Express } from 'express';
import { listDeadLetters } from './dead-letters.ts';
import { postFormerReplay } from './former-replay.ts';
import { deleteReplay, getReplay, postReplay } from './replays.ts';

const MAX_BODY_BYTES = 1_048_576;

export function addRoutes(
  app: Express,
  database: Database,
  clock: Clock,
  allow: ReturnType<typeof authenticate>,
  onReplay: () => void,
): void {
  const mayReplay = allow('dead-letters:replay');
  const body = jsonBody(MAX_BODY_BYTES);

  app.get('/v1/dead-letters', allow('events:read'), listDeadLetters(database));
  app.post('/v1/dead-letters/replay', mayReplay, body, postReplay(database, clock, onReplay));
  app.get('/v1/replays/:id', mayReplay, getReplay(database));
  app.delete('/v1/replays/:id', mayReplay, deleteReplay(database, clock));
  app.post('/replay-dead-letter', mayReplay, body, postFormerReplay(database, clock, onReplay));
}
