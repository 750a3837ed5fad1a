import type { Database } from '@postrider/shared/events/store/database.ts';
import { addApiDocs } from '@postrider/shared/service/api-docs.ts';
import { emptySchemas, faultyExamples, routesOf } from '@postrider/shared/service/docs-in-test.ts';
import { createApp } from '@postrider/shared/service/http-server.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { addRoutes } from '../api/routes.ts';
import { buildDocument, retryDocs } from './document.ts';

describe('the API document of the retry service', () => {
  it('tells of every endpoint that there is, and of no other', () => {
    const logger = createLogger('test', 'silent');
    const registry = createRegistry('test');
    const app = createApp({ service: 'test', registry, logger, notReady: async () => undefined });
    // Only the routes' names are asked for: none of them is called.
    const everybody = () => (_request: unknown, _response: unknown, next: () => void) => next();
    addRoutes(app, {} as Database, { now: () => new Date() }, everybody, () => undefined);
    addApiDocs(app, async () => buildDocument());
    expect(Object.keys(retryDocs).toSorted()).toEqual(routesOf(app));
  });

  it('has examples that its own checks accept, and says something of every field', () => {
    expect(faultyExamples(retryDocs)).toEqual([]);
    expect(emptySchemas(buildDocument())).toEqual([]);
  });
});
