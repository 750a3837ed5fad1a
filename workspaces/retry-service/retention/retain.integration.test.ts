import type { EventDocument, ParentDocument } from '@postrider/shared/events/event.ts';
import type { RetentionJob } from '@postrider/shared/events/retention.ts';
import { insertAttempts } from '@postrider/shared/events/store/attempts.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { countWithoutPayload, replay } from '@postrider/shared/events/store/dead-letters.ts';
import { acceptance, openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { v7 as uuidv7 } from 'uuid';
import { retainBatch } from './retain.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const today = new Date('2030-06-30T12:00:00Z');
const daysAgo = (days: number): Date => new Date(today.getTime() - days * DAY_MS);
let database: Database;
let now = today;

beforeAll(async () => {
  database = await openStore('retention');
});
afterAll(() => database.close());
beforeEach(async () => {
  now = today;
  for (const collection of ['events', 'attempts', 'retention', 'retentionKept'] as const)
    await database[collection].deleteMany({});
});

/** An event accepted so many days ago, whose last change was `ended` days ago. */
function event(created: number, status: EventDocument['status'], ended: number, more: Partial<EventDocument> = {}) {
  const at = daysAgo(ended);
  const { dueAt, ...accepted } = webhookAt(daysAgo(created));
  return { ...accepted, status, history: [...accepted.history, { status, at }], ...more };
}

async function store(...events: (EventDocument | ParentDocument)[]): Promise<void> {
  await database.events.insertMany(events as EventDocument[]);
}

async function retain(job: RetentionJob, days: number, copies = 1): Promise<void> {
  const logger = createLogger('test', 'silent');
  const parts = { database, clock: { now: () => now }, logger, days, ratePerSecond: 10_000 };
  const copy = async (): Promise<void> => {
    while (await retainBatch(parts, job));
  };
  await Promise.all(Array.from({ length: copies }, copy));
}

const idsLeft = async () => (await database.events.find().toArray()).map(({ _id }) => _id).toSorted();
const sorted = (...events: { _id: string }[]) => events.map(({ _id }) => _id).toSorted();

describe('events whose time is over', () => {
  it('are gone with their attempts; those that are open, or ended lately, stay', async () => {
    const over = event(40, 'COMPLETED', 40, { attempts: 1 });
    const canceled = event(40, 'CANCELED', 31);
    const dead = event(40, 'DEAD_LETTERED', 31, { deadLetter: { reason: 'exhausted', at: daysAgo(31) } });
    const late = event(40, 'COMPLETED', 29);
    const young = event(29, 'COMPLETED', 29);
    const waiting = event(400, 'SCHEDULED', 400, { dueAt: daysAgo(-5) });
    const sent = event(40, 'SENT', 40, { dueAt: daysAgo(-1) });
    const unannounced = event(40, 'DEAD_LETTERED', 31, { dueAt: daysAgo(31) });
    const untold = event(40, 'COMPLETED', 40, { followed: true, tellAt: daysAgo(40) });
    await store(over, canceled, dead, late, young, waiting, sent, unannounced, untold);
    const attempt = {
      takenBy: 'x',
      provider: 'webhook',
      startedAt: daysAgo(40),
      duration: 5,
      outcome: 'delivered',
    } as const;
    for (const { _id } of [over, late])
      await insertAttempts(database, [{ ...attempt, _id: `${_id}:1`, eventId: _id, number: 1 }]);

    await retain('events', 30, 2);
    expect(await idsLeft()).toEqual(sorted(late, young, waiting, sent, unannounced, untold));
    expect((await database.attempts.find().toArray()).map(({ eventId }) => eventId)).toEqual([late._id]);
  });

  it('which were open when their turn came are met again when they have ended', async () => {
    const waiting = event(400, 'SCHEDULED', 400, { dueAt: daysAgo(-5) });
    const late = event(40, 'COMPLETED', 29);
    await store(waiting, late);
    await retain('events', 30);
    expect(await idsLeft()).toEqual(sorted(waiting, late));

    await database.events.updateOne(
      { _id: waiting._id },
      { $set: { status: 'CANCELED', history: [{ status: 'CANCELED', at: today }] }, $unset: { dueAt: '' } },
    );
    now = new Date(today.getTime() + 2 * DAY_MS);
    await retain('events', 30);
    expect(await idsLeft()).toEqual([waiting._id]);
    now = new Date(today.getTime() + 31 * DAY_MS);
    await retain('events', 30);
    expect(await idsLeft()).toEqual([]);
    expect(await database.retentionKept.countDocuments()).toBe(0);
  });

  it('that belong together go together: a typed event with all its children, once the last of them is over', async () => {
    const family = (lastEnded: number) => {
      const _id = uuidv7({ msecs: daysAgo(40).getTime() });
      const children = [
        event(40, 'COMPLETED', 40, { parentId: _id }),
        event(40, 'CANCELED', lastEnded, { parentId: _id }),
      ];
      const parent: ParentDocument = {
        _id,
        type: 'user.signup',
        data: {},
        createdAt: daysAgo(40),
        traceparent: acceptance(today).traceparent,
        children: sorted(...children),
      };
      return [parent, ...children];
    };
    const [over, open] = [family(31), family(10)];
    await store(...over, ...open);
    await retain('events', 30);
    expect(await idsLeft()).toEqual(sorted(...open));
  });
});

describe('payloads whose time is over', () => {
  it('are gone, and the event says so; a key still tells that the request came before', async () => {
    const over = event(40, 'COMPLETED', 40, { metadata: { user: 'ada' }, idempotencyKey: 'k', requestHash: 'h' });
    const young = event(40, 'COMPLETED', 3);
    await store(over, young);
    await retain('payloads', 7);
    const { payload, ...left } = (await database.events.findOne({ _id: over._id })) ?? {};
    expect(payload).toBeUndefined();
    expect(left).toMatchObject({
      status: 'COMPLETED',
      idempotencyKey: 'k',
      requestHash: 'h',
      payloadRemoved: { at: today, reason: 'retention' },
    });
    expect(left).not.toHaveProperty('metadata');
    expect(await database.events.findOne({ _id: young._id })).toEqual(young);
  });

  it('of a dead letter cannot be sent again: a replay leaves it', async () => {
    const dead = event(40, 'DEAD_LETTERED', 40, { deadLetter: { reason: 'exhausted', at: daysAgo(40) } });
    const fresh = event(3, 'DEAD_LETTERED', 3, { deadLetter: { reason: 'exhausted', at: daysAgo(3) } });
    await store(dead, fresh);
    await retain('payloads', 7);
    expect(await countWithoutPayload(database, {})).toBe(1);
    const asked = { replayId: 'r', by: 'ops', at: today };
    expect((await replay(database, [dead._id, fresh._id], asked, today)).map(({ _id }) => _id)).toEqual([fresh._id]);
  });
});
