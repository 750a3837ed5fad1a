import type { Express } from 'express';
import type { Api } from '../api/api.ts';
import { readForm } from '../forms/form-body.ts';
import { listDeadLetters } from './list.ts';
import { replayDeadLetters } from './replay.ts';

export function addDeadLetterRoutes(app: Express, api: Api): void {
  app.get('/dead-letters', listDeadLetters(api));
  app.post('/dead-letters/replay', readForm, replayDeadLetters(api));
}
