import type { Express } from 'express';
import type { Api } from './api/api.ts';
import { addEventRoutes } from './events/routes.ts';
import { showOverview } from './overview/routes.ts';
import { addSessionRoutes, askToSignIn } from './session/routes.ts';
import { refuseCrossSite } from './session/same-site.ts';

export function addRoutes(app: Express, api: Api): void {
  app.use(refuseCrossSite);
  addSessionRoutes(app, api);
  app.get('/', showOverview(api));
  addEventRoutes(app, api);
  app.use(askToSignIn);
}
