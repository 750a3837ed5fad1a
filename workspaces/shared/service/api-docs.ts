import express, { type Express, type Router } from 'express';

/** `GET /openapi.json`, and pages that show it at `/api-docs` and `/docs`. All of it is loaded when somebody first asks. */
export function addApiDocs(app: Express, loadDocument: () => Promise<object>): void {
  let document: Promise<string> | undefined;
  app.get('/openapi.json', async (_request, response) => {
    document ??= loadDocument().then((loaded) => JSON.stringify(loaded));
    response.type('json').send(await document);
  });
  let page: Promise<Router> | undefined;
  app.use(['/api-docs', '/docs'], (request, response, next) => {
    page ??= loadPage();
    page.then((router) => router(request, response, next), next);
  });
}

async function loadPage(): Promise<Router> {
  const { default: swaggerUi } = await import('swagger-ui-express');
  const options = { customSiteTitle: 'Postrider', swaggerOptions: { url: '/openapi.json' } };
  return express.Router().use(swaggerUi.serve).get('/', swaggerUi.setup(undefined, options));
}
