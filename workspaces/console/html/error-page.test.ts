import { AppError } from '@postrider/shared/errors/app-error.ts';
import { createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { ApiProblem, ServiceAway } from '../api/api-error.ts';
import { answerErrorsAsPages } from './error-page.ts';

let thrown: Error;
let server: HttpServer;
const lines: string[] = [];

beforeAll(async () => {
  const logger = createLogger('test', 'warn', { write: (line) => void lines.push(line) });
  const registry = createRegistry('test');
  const app = createApp({ service: 'test', registry, logger, notReady: async () => undefined });
  app.get('/', () => {
    throw thrown;
  });
  answerErrorsAsPages(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(() => server.close());

async function pageOf(error: Error, path = '/') {
  thrown = error;
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return {
    status: response.status,
    policy: response.headers.get('content-security-policy'),
    text: await response.text(),
  };
}

it.each<[Error, number, string]>([
  [new ApiProblem(404, 'there is no event <b>7</b>'), 404, 'There is no event &lt;b&gt;7&lt;/b&gt;'],
  [
    new ApiProblem(400, 'faulty', [{ path: 'a<i>', message: 'no <i>' }]),
    400,
    '<strong>a&lt;i&gt;</strong>: no &lt;i&gt;',
  ],
  [new AppError('forbidden', 'Not that.'), 403, 'Not that.'],
  [new ServiceAway(502, 'It is away.', new Error('connect 10.0.0.7')), 502, 'It is away.'],
  [new Error('connect mongodb://user:pass@10.0.0.7'), 500, 'An unexpected error; it has been logged.'],
])('%s is told in words', async (error, status, words) => {
  const page = await pageOf(error);
  expect(page.status).toBe(status);
  expect(page.text).toContain(words);
  expect(page.policy).toContain("default-src 'none'");
  expect(page.text).not.toMatch(/10\.0\.0\.7|user:pass|error-page/);
});

it('only what is a fault of ours is logged as one', async () => {
  lines.length = 0;
  await pageOf(new ApiProblem(404, 'there is no such event'));
  expect(lines).toEqual([]);
  await pageOf(new Error('a bug'));
  expect(lines.join()).toContain('a bug');
});

it.each([
  ['/nowhere', 404],
  ['/%E0%A4%A', 404],
  ['/events/%E0%A4%A', 404],
])('%s is answered with %d', async (path, status) => {
  expect((await pageOf(new Error('unused'), path)).status).toBe(status);
});
