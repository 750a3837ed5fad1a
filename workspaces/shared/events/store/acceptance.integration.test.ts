import { randomUUID } from 'node:crypto';
import { type EventRequest, eventRequest, newEvent } from '../event-request.ts';
import type { EventDocument } from '../event.ts';
import { insertEvents } from './acceptance.ts';
import type { Database } from './database.ts';
import { claim } from './dispatch.ts';
import { findEvent } from './queries.ts';
import { acceptance, openStore } from './store-in-test.ts';

const now = new Date('2030-01-01T00:00:00Z');

let database: Database;

beforeAll(async () => {
  database = await openStore('acceptance');
});
afterAll(() => database.close());

const requestOf = (body: unknown, more: object = {}): EventRequest =>
  eventRequest.parse({ channel: 'webhook', payload: { url: 'http://receiver.example/', body, ...more } });

function eventOf(request: EventRequest, idempotencyKey?: string): EventDocument {
  return newEvent(request, { ...acceptance(now), idempotencyKey });
}

const stored = (events: EventDocument[]): Promise<number> =>
  database.events.countDocuments({ _id: { $in: events.map(({ _id }) => _id) } });

describe('a batch of new events', () => {
  it('is stored with its duplicates and conflicts told apart, each in its place', async () => {
    const [key, other] = [randomUUID(), randomUUID()];
    const events = [
      eventOf(requestOf(1), key),
      eventOf(requestOf('no key')),
      eventOf(requestOf(1), key),
      eventOf(requestOf(2), key),
      eventOf(requestOf('no key')),
      eventOf(requestOf(1), other),
    ];
    const results = await insertEvents(database, events);

    const first = events[0]?._id;
    expect(results.map((result) => result?.outcome)).toEqual([
      'created',
      'created',
      'duplicate',
      'conflict',
      'created',
      'created',
    ]);
    expect(results[2]).toMatchObject({ event: { _id: first, status: 'QUEUED', createdAt: now } });
    expect(results[3]).toEqual({ outcome: 'conflict', eventId: first });
    expect(await stored(events)).toBe(4);
  });

  it('meets what former batches have stored, in whatever status that is by now', async () => {
    const key = randomUUID();
    const first = eventOf(requestOf({ order: 1 }), key);
    await insertEvents(database, [first]);
    await claim(database, [first._id], 'token', now, now);

    const again = [eventOf(requestOf({ order: 1 }), key), eventOf(requestOf({ order: 2 }), key), eventOf(requestOf(0))];
    expect(await insertEvents(database, again)).toEqual([
      {
        outcome: 'duplicate',
        event: expect.objectContaining({ _id: first._id, status: 'PROCESSING', createdAt: now }),
      },
      { outcome: 'conflict', eventId: first._id },
      { outcome: 'created', event: again[2] },
    ]);
    expect(await stored(again)).toBe(1);
  });

  it('is stored but for one that MongoDB takes for a duplicate of what is not there', async () => {
    const first = eventOf(requestOf(1));
    await insertEvents(database, [first]);
    const events = [eventOf(requestOf(2)), { ...first }, eventOf(requestOf(3), randomUUID())];
    const results = await insertEvents(database, events);
    expect(results.map((result) => result?.outcome)).toEqual(['created', undefined, 'created']);
    expect(await stored(events)).toBe(3);
  });

  it('and others at the same time agree on the one event of a key', async () => {
    const key = randomUUID();
    const batches = Array.from({ length: 8 }, () => [eventOf(requestOf(1), key), eventOf(requestOf(1))]);
    const results = (await Promise.all(batches.map((events) => insertEvents(database, events)))).map(([one]) => one);

    const created = results.filter((result) => result?.outcome === 'created');
    expect(created).toHaveLength(1);
    const ids = results.map((result) => (result?.outcome === 'conflict' ? 'conflict' : result?.event._id));
    expect(new Set(ids).size).toBe(1);
    expect(await stored(batches.flat())).toBe(9);
  });
});

describe('a stored event', () => {
  it('survives keys that MongoDB gives a meaning to', async () => {
    const body = { $where: 'sleep(1000)', 'a.b': { $ne: null }, $set: { status: 'COMPLETED' } };
    const headers = { 'x.y': '1', 'x-$y': '2', constructor: '3' };
    const event = { ...eventOf(requestOf(body, { headers })), metadata: { nested: { $gt: [{ $ne: 1 }] } } };

    await insertEvents(database, [event]);
    expect(await findEvent(database, event._id)).toEqual(event);
    const [claimed] = await claim(database, [event._id], 'token', now, now);
    expect(claimed).toMatchObject({ payload: event.payload, metadata: event.metadata, status: 'PROCESSING' });
    expect(claimed?.payload).toHaveProperty('body', JSON.stringify(body));
  });

  it.each([[{ _bsontype: 'ObjectId' }], [{ $ref: 'events', $id: '1' }]])(
    'is never asked for with headers that the driver takes for a type of its own: %j',
    (headers) => {
      expect(() => requestOf('body', { headers })).toThrow('this header name is not allowed');
    },
  );
});
