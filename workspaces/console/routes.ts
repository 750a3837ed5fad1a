import type { Express } from 'express';
import type { Api } from './api/api.ts';
import { addDeadLetterRoutes } from './dead-letters/routes.ts';
import { addEventRoutes } from './events/routes.ts';
import { showOverview } from './overview/routes.ts';
import { addReplayRoutes } from './replays/routes.ts';
import { addSessionRoutes, askToSignIn } from './session/routes.ts';
import { refuseCrossSite } from './session/same-site.ts';
import { addSuppressionRoutes } from './suppressions/routes.ts';

export function addRoutes(app: Express, api: Api): void {
  app.use(refuseCrossSite);
  addSessionRoutes(app, api);
  app.get('/', showOverview(api));
  addEventRoutes(app, api);
  addDeadLetterRoutes(app, api);
  addReplayRoutes(app, api);
  addSuppressionRoutes(app, api);
  app.use(askToSignIn);
}
