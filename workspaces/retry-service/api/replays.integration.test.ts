import type { Database } from '@postrider/shared/events/store/database.ts';
import { openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { postFormerReplay } from './former-replay.ts';
import { postReplay } from './replays.ts';

let database: Database;
let server: HttpServer;
let told = 0;

beforeAll(async () => {
  database = await openStore('replays-api');
  const now = new Date();
  const { dueAt, ...event } = webhookAt(now);
  await database.events.insertOne({ ...event, status: 'DEAD_LETTERED', deadLetter: { reason: 'rejected', at: now } });
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  const parts = [database, { now: () => now }, () => (told += 1)] as const;
  app.post('/replay', jsonBody(1_000), postReplay(...parts));
  app.post('/former', jsonBody(1_000), postFormerReplay(...parts));
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

const post = (path: string, body: object) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

describe('whoever replays', () => {
  it('is woken by a replay that is stored, and by none that is not', async () => {
    expect((await post('/replay', { dryRun: true })).status).toBe(200);
    expect((await post('/former', { from: 1 })).status).toBe(201);
    expect({ told, stored: await database.replays.countDocuments() }).toEqual({ told: 0, stored: 0 });

    expect((await post('/replay', {})).status).toBe(202);
    expect((await post('/former', {})).status).toBe(201);
    expect({ told, stored: await database.replays.countDocuments() }).toEqual({ told: 2, stored: 2 });
  });
});
