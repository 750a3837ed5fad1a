import { removePayloads } from '@postrider/shared/events/store/retention.ts';
import { insertFamilies } from '@postrider/shared/events/store/families.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { acceptance, openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { newFamily, typedEventRequest } from '@postrider/shared/events/typed-event.ts';
import { answerErrors, createApp, type HttpServer, listen } from '@postrider/shared/service/http-server.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { listSignals } from './event-signals.ts';
import { answerDetail } from './former-errors.ts';
import { deleteReminder } from './reminders.ts';
import type { IntegrationParts } from './typed-messages.ts';

const now = new Date('2030-01-31T09:00:00Z');

let database: Database;
let server: HttpServer;

beforeAll(async () => {
  database = await openStore('kept-without-data');
  const logger = createLogger('test', 'silent');
  const app = createApp({ service: 'test', registry: createRegistry('test'), logger, notReady: async () => undefined });
  const parts = { database, clock: { now: () => now } } as { database: Database } & IntegrationParts;
  app.delete('/api/v1/notifications/:id', deleteReminder(parts), answerDetail);
  app.get('/api/v1/events', listSignals(database), answerDetail);
  answerErrors(app, logger);
  server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

/** A typed event that was delivered long ago: what it was about is not kept any more. */
async function keptWithoutData(type: string): Promise<string> {
  const request = typedEventRequest.parse({ type, data: { entityId: 7 }, to: { email: 'ada@example.com' } });
  const payload = { to: { name: '', address: 'ada@example.com' }, subject: 'Hello', text: 'Hello' };
  const family = newFamily(request, [{ channel: 'email', priority: 'default', payload }], acceptance(now));
  await insertFamilies(database, [family]);
  await database.events.updateMany({ _id: { $in: family.parent.children } }, { $set: { status: 'COMPLETED' } });
  await removePayloads(database, [family.parent._id], { at: now, reason: 'retention' });
  expect(await database.events.findOne({ _id: family.parent._id })).not.toHaveProperty('data');
  return family.parent._id;
}

const url = (path: string): string => `http://127.0.0.1:${server.port}${path}`;

it('a reminder whose data are not kept any more is still told to be sent', async () => {
  const id = await keptWithoutData('reminder.custom');
  const response = await fetch(url(`/api/v1/notifications/${id}`), { method: 'DELETE' });
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 409,
    body: { detail: 'Reminder is SENT and cannot be canceled' },
  });
});

it('an event whose data are not kept any more is listed with an empty payload', async () => {
  const id = await keptWithoutData('user.signup');
  expect(await (await fetch(url('/api/v1/events'))).json()).toMatchObject([{ id, type: 'user.signup', payload: {} }]);
});
