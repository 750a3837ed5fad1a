import { randomUUID } from 'node:crypto';
import type { Database } from '@postrider/shared/events/store/database.ts';
import type { Express } from 'express';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Postrider</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em }</style>
<h1>Postrider</h1>
<p>Backend services post events here; they become e-mails, text messages, push messages, chat messages and webhooks.</p>
<ul>
<li><a href="/docs">API documentation</a> (<a href="/openapi.json">openapi.json</a>)</li>
<li><a href="/health">Health</a>, <a href="/ready">readiness</a>, <a href="/metrics">metrics</a></li>
</ul>
</html>
`;

/** What the former systems answered at their roots and to health checks, besides GET /health. */
export function addServicePages(app: Express, database: Pick<Database, 'notReady'>): void {
  app.get('/', (request, response) => {
    response.vary('Accept');
    // Browsers ask for HTML; clients of the former API for JSON, or for anything.
    if (request.accepts(['json', 'html']) === 'html') response.type('html').send(PAGE);
    else response.json({ message: 'Welcome to the Event Notification Service API', docs: '/docs' });
  });
  for (const prefix of ['/healthcheck', '/v1/healthcheck']) {
    app.get(prefix, (_request, response) => {
      response.json({ status: 'ok', trace_id: randomUUID() });
    });
    app.get(`${prefix}/live`, (_request, response) => {
      response.json({ status: 'alive' });
    });
    app.get(`${prefix}/ready`, async (_request, response) => {
      const reason = await database.notReady();
      response.status(reason ? 503 : 200).json(reason ? { detail: 'worker not started' } : { status: 'ready' });
    });
  }
}
