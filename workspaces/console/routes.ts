import type { Express } from 'express';
import type { Api } from './api/api.ts';
import { showOverview } from './overview/routes.ts';

export function addRoutes(app: Express, api: Api): void {
  app.get('/', showOverview(api));
}
