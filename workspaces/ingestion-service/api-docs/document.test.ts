import { emptySchemas, faultyExamples, routesOf } from '@postrider/shared/service/docs-in-test.ts';
import { createApp, type HttpServer, answerErrors, listen } from '@postrider/shared/service/http-server.ts';
import { addApiDocs } from '@postrider/shared/service/api-docs.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { addRoutes } from '../api/routes.ts';
import { addCallbackRoutes, type CallbackRouteParts } from '../callbacks/routes.ts';
import { addIntegrationRoutes, type IntegrationRouteParts } from '../integrations/routes.ts';
import { addRecipientRoutes, type RecipientParts } from '../recipients/routes.ts';
import { addSuppressionRoutes, type SuppressionParts } from '../suppressions/routes.ts';
import { buildDocument, ingestionDocs } from './document.ts';

const logger = createLogger('test', 'silent');
const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
let server: HttpServer;

beforeAll(async () => {
  // Only the routes' names are asked for: none of them is called.
  const allow: IntegrationRouteParts['allow'] = () => (_request, _response, next) => next();
  const parts = {
    allow,
    config: {},
    logger,
    stopped: new AbortController().signal,
  } as unknown as IntegrationRouteParts;
  addRoutes(app, parts);
  addIntegrationRoutes(app, parts);
  addCallbackRoutes(app, {} as CallbackRouteParts);
  addSuppressionRoutes(app, {} as SuppressionParts, allow);
  addRecipientRoutes(app, {} as RecipientParts, allow);
  addApiDocs(app, async () => buildDocument());
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(() => server.close());

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`);

describe('the API document of the ingestion service', () => {
  it('tells of every endpoint that there is, and of no other', () => {
    expect(Object.keys(ingestionDocs).toSorted()).toEqual(routesOf(app));
  });

  it('has examples that its own checks accept', () => {
    expect(faultyExamples(ingestionDocs)).toEqual([]);
  });

  it('says something of every field but those that are free', () => {
    const free = /\.(?:payload\.properties\.body|properties\.metadata)$|callbacks.*\.schema$/;
    expect(emptySchemas(buildDocument()).filter((place) => !free.test(place))).toEqual([]);
  });

  it('is answered as JSON, and shown as a page at both addresses', async () => {
    expect(await (await get('/openapi.json')).json()).toMatchObject({
      openapi: '3.1.0',
      paths: { '/v1/events/{id}': { get: { responses: { 404: expect.any(Object) } } } },
    });
    for (const path of ['/api-docs', '/docs', '/Docs/']) {
      const page = await get(path);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(await page.text()).toContain('swagger-ui');
    }
    expect((await get('/docs/swagger-ui.css')).status).toBe(200);
    expect(await (await get('/docs/swagger-ui-init.js')).text()).toContain('/openapi.json');
  });
});
