import type { Database } from '@postrider/shared/events/store/database.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { postFormerReplay } from './former-replay.ts';
import { postReplay } from './replays.ts';

let server: HttpServer;

beforeAll(async () => {
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  // What is refused never comes near the database.
  const parts = [{} as Database, { now: () => new Date() }, () => undefined] as const;
  app.post('/replay', jsonBody(8_000_000), postReplay(...parts));
  app.post('/former', jsonBody(8_000_000), postFormerReplay(...parts));
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(() => server.close());

const post = (body: unknown) => postText('/replay', JSON.stringify(body));

async function postText(path: string, body: string) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const { errors } = (await response.json()) as { errors?: { path: string }[] };
  return { status: response.status, paths: errors?.map(({ path }) => path) };
}

describe('a replay', () => {
  it('has its faulty fields named', async () => {
    const faults = { limit: 0, ratePerSecond: 'fast', dryRun: 1, filter: { ids: ['x'], colour: 'red' } };
    const { status, paths } = await post(faults);
    expect({ status, paths: paths?.toSorted() }).toEqual({
      status: 400,
      paths: ['dryRun', 'filter.colour', 'filter.ids.0', 'limit', 'ratePerSecond'],
    });
  });

  it.each(['null', '169392626494012384', '1e400'])(
    'that is %s is refused: it would be one of everything',
    async (body) => {
      expect(await postText('/replay', body)).toEqual({ status: 400, paths: ['(body)'] });
      expect(await postText('/former', body)).toEqual({ status: 400, paths: ['(body)'] });
    },
  );

  it('of more than 10,000 ids is refused, however many and whatever they are', async () => {
    const ids = Array.from({ length: 1_000_000 }, () => 1);
    expect(await post({ filter: { ids } })).toEqual({ status: 400, paths: ['filter.ids'] });
  });
});
