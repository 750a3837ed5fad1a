import { randomUUID } from 'node:crypto';
import { eventRequest, newEvent } from '../event-request.ts';
import { type ChildRequest, type Family, newFamily, typedEventRequest } from '../typed-event.ts';
import { insertEvents } from './acceptance.ts';
import type { Database } from './database.ts';
import { findDue } from './due.ts';
import { findChildren, insertFamilies } from './families.ts';
import { countOpenByStatus, findEvent, findEvents, findStored } from './queries.ts';
import { acceptance, openStore } from './store-in-test.ts';

const now = new Date('2030-01-01T00:00:00Z');

let database: Database;

beforeAll(async () => {
  database = await openStore('families');
});
beforeEach(async () => {
  await database.events.deleteMany({});
});
afterAll(() => database.close());

const sms = (text: string) => eventRequest.parse({ channel: 'sms', payload: { to: '+12025550123', text } });
const child = (text: string): ChildRequest => {
  const { channel, payload, priority } = sms(text);
  return { channel, payload, priority };
};

function family(data: object, idempotencyKey?: string, children = [child('one'), child('two')]): Family {
  const request = typedEventRequest.parse({ type: 'payment.failed', data });
  return newFamily(request, children, { ...acceptance(now), idempotencyKey });
}

const stored = (): Promise<number> => database.events.countDocuments({});

describe('a typed event', () => {
  it('is stored with its children, and each knows the other', async () => {
    const [result] = await insertFamilies(database, [family({ amount: 1 })]);

    if (result?.outcome !== 'created') throw new Error('not created');
    const { parent, children } = result;
    expect(parent.children).toEqual(children.map(({ _id }) => _id));
    expect(await findChildren(database, parent)).toHaveLength(2);
    for (const { _id } of children) expect(await findEvent(database, _id)).toMatchObject({ parentId: parent._id });
    expect(await findStored(database, parent._id)).toEqual(parent);
  });

  it('is itself met by nobody who sends: it is not due, has no status, and is no event to be found', async () => {
    const [result] = await insertFamilies(database, [family({})]);
    const id = result?.outcome === 'created' ? result.parent._id : '';

    expect(await findEvent(database, id)).toBeUndefined();
    const due = await findDue(database, 'QUEUED', new Date('2031-01-01'), 10);
    expect(due).toHaveLength(2);
    expect(due.map(({ _id }) => _id)).not.toContain(id);
    expect((await countOpenByStatus(database)).get('QUEUED')).toBe(2);
  });

  it('is listed beside its children, and they are listed by it', async () => {
    const [first] = await insertFamilies(database, [family({}), family({})]);
    const parent = first?.outcome === 'created' ? first.parent : undefined;

    expect(await findEvents(database, {}, 10)).toHaveLength(6);
    expect(await findEvents(database, { type: 'payment.failed' }, 10)).toHaveLength(6);
    const children = await findEvents(database, { parentId: parent?._id }, 10);
    expect(children.map(({ _id }) => _id).toSorted()).toEqual(parent?.children.toSorted());
    const [newest] = children;
    const page = await findEvents(database, { parentId: parent?._id }, 10, newest?._id);
    expect(page.map(({ _id }) => _id)).toEqual(children.slice(1).map(({ _id }) => _id));
    expect(await findEvents(database, { parentId: newest?._id }, 10)).toEqual([]);
  });
});

describe('a repeated typed event', () => {
  it('finds the first one and its children, in one batch or later', async () => {
    const key = randomUUID();
    const [first, second] = await insertFamilies(database, [family({ n: 1 }, key), family({ n: 1 }, key)]);
    const [third] = await insertFamilies(database, [family({ n: 1 }, key)]);

    expect(first?.outcome).toBe('created');
    const ids = first?.outcome === 'created' ? first.parent.children : [];
    for (const repeated of [second, third]) {
      if (repeated?.outcome !== 'duplicate') throw new Error('no duplicate');
      expect(repeated.children.map(({ _id }) => _id)).toEqual(ids);
    }
    expect(await stored()).toBe(3);
  });

  it('with other data is a conflict; so is another kind of event under its key, and it under theirs', async () => {
    const [key, plainKey] = [randomUUID(), randomUUID()];
    const plain = (idempotencyKey: string) => newEvent(sms('plain'), { ...acceptance(now), idempotencyKey });
    await insertFamilies(database, [family({ n: 1 }, key)]);
    await insertEvents(database, [plain(plainKey)]);

    const [other, under] = await insertFamilies(database, [family({ n: 2 }, key), family({ n: 1 }, plainKey)]);
    expect([other?.outcome, under?.outcome]).toEqual(['conflict', 'conflict']);
    expect(await insertEvents(database, [plain(key)])).toMatchObject([{ outcome: 'conflict' }]);
    expect(await stored()).toBe(4);
  });

  it('at the same moment, at eight instances, becomes one', async () => {
    const key = randomUUID();
    const batches = Array.from({ length: 8 }, () => [family({ n: 1 }, key), family({})]);
    const results = await Promise.all(batches.map((families) => insertFamilies(database, families)));

    const outcomes = results.map(([keyed]) => keyed?.outcome);
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(7);
    const ids = results.map(([keyed]) => (keyed && 'parent' in keyed ? keyed.parent._id : 'conflict'));
    expect(new Set(ids).size).toBe(1);
    expect(await stored()).toBe(9 * 3);
  });
});

it('of typed events one of which cannot be stored nothing is: neither a parent alone nor some of the children', async () => {
  const [good, broken] = [family({ n: 1 }), family({ n: 2 })];
  const [first, ...others] = broken.children;
  if (!first) throw new Error('no child');
  // The last of all documents has the id of the first: MongoDB refuses it when the others are written already.
  const impossible = { ...broken, children: [first, ...others, { ...first, parentId: 'other' }] };

  await expect(insertFamilies(database, [good, impossible])).rejects.toThrow('duplicate key');
  expect(await stored()).toBe(0);
});
