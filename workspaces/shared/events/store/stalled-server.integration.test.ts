import { randomUUID } from 'node:crypto';
import { type Line, openLine } from '../../service/line-in-test.ts';
import type { EventDocument } from '../event.ts';
import { type Database, openDatabase } from './database.ts';

let line: Line;
let database: Database;

beforeAll(async () => {
  const { hostname, port } = new URL(process.env['MONGODB_URI'] ?? '');
  line = await openLine({ host: hostname, port: Number(port) });
  const own = `stalled-${randomUUID()}`;
  database = await openDatabase({
    MONGODB_URI: `mongodb://127.0.0.1:${line.port}/?directConnection=true`,
    MONGODB_DB_NAME: own,
    appName: own,
  });
});
afterAll(async () => {
  line.resume();
  await database.models.event.db.dropDatabase();
  await database.close();
  await line.close();
});

/** More than what the kernel takes for a reader that does not read. */
const large = (): EventDocument[] =>
  Array.from({ length: 200 }, () => ({ _id: randomUUID(), payload: 'x'.repeat(100_000) }) as never);

it('a large write to a MongoDB that no longer reads fails, and the next one goes when it reads again', async () => {
  await database.events.insertMany(large());

  line.stall();
  await expect(database.events.insertMany(large())).rejects.toThrow();
  expect(await database.notReady()).toBe('MongoDB does not answer');

  line.resume();
  const events = large();
  await database.events.insertMany(events);
  expect(await database.events.countDocuments({ _id: { $in: events.map(({ _id }) => _id) } })).toBe(200);
  expect(await database.notReady()).toBeUndefined();
}, 60_000);
