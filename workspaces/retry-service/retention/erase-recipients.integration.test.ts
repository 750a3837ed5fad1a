import { eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import type { EventDocument, ParentDocument } from '@postrider/shared/events/event.ts';
import { insertAttempts } from '@postrider/shared/events/store/attempts.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findErasure, requestErasure } from '@postrider/shared/events/store/erasures.ts';
import { loadRecipientHasher } from '@postrider/shared/events/store/recipient-key.ts';
import { acceptance, openStore, webhookAt } from '@postrider/shared/events/store/store-in-test.ts';
import type { HashRecipient } from '@postrider/shared/events/recipients.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { v7 as uuidv7 } from 'uuid';
import { eraseNextBatch } from './erase-recipients.ts';

const begun = new Date('2030-06-30T12:00:00Z');
let now = begun;
let database: Database;
let hash: HashRecipient;

beforeAll(async () => {
  database = await openStore('erasure');
  hash = await loadRecipientHasher(database);
});
afterAll(() => database.close());
beforeEach(async () => {
  now = begun;
  for (const collection of ['events', 'attempts', 'reports', 'erasures'] as const)
    await database[collection].deleteMany({});
});

const later = (seconds: number): void => {
  now = new Date(now.getTime() + seconds * 1_000);
};

function email(to: string | string[], more: Partial<EventDocument> = {}): EventDocument {
  const payload = { to, subject: 'Dear Ada', text: 'of Example Street' };
  const { dueAt, ...event } = newEvent(eventRequest.parse({ channel: 'email', payload }), acceptance(begun));
  return { ...event, ...(more.status === undefined && dueAt && { dueAt }), ...more };
}

const parts = () => ({ database, hash, clock: { now: () => now }, logger: createLogger('test', 'silent') });
/** All that can be done now, by so many instances. */
async function work(copies = 1): Promise<void> {
  const copy = async (): Promise<void> => {
    while (await eraseNextBatch(parts()));
  };
  await Promise.all(Array.from({ length: copies }, copy));
}

describe('the erasure of a recipient', () => {
  it('takes all that names the person, and leaves what counts and what is of others', async () => {
    const ada = email('Ada <ADA@example.com>', {
      status: 'COMPLETED',
      attempts: 1,
      metadata: { name: 'Ada' },
      eventId: 'welcome-ada',
      idempotencyKey: 'welcome-ada',
      requestHash: 'h',
    });
    const copied = email('bob@example.com', { status: 'COMPLETED' });
    if ('subject' in copied.payload) copied.payload.cc = [{ name: '', address: 'ada@example.com' }];
    const bob = email('bob@example.com', { status: 'COMPLETED' });
    const child = email('ada@example.com', { status: 'DEAD_LETTERED' });
    const parent: ParentDocument = {
      _id: uuidv7({ msecs: begun.getTime() }),
      type: 'user.signup',
      data: { name: 'Ada' },
      to: { email: 'ada@example.com' },
      createdAt: begun,
      traceparent: ada.traceparent,
      children: [child._id],
    };
    const webhook = webhookAt(begun);
    const all = [ada, copied, bob, child, webhook];
    await database.events.insertMany([...all, parent as unknown as EventDocument]);
    await insertAttempts(database, [
      {
        _id: `${ada._id}:1`,
        eventId: ada._id,
        number: 1,
        provider: 'smtp',
        takenBy: 'x',
        startedAt: begun,
        duration: 5,
        outcome: 'delivered',
        messageId: 'id-at-the-provider',
        detail: '250 ok ada',
      },
    ]);

    const recipient = hash('email', 'ada@example.com');
    later(1);
    await requestErasure(database, recipient, 'ops', now);
    await work();

    expect(await findErasure(database, recipient)).toMatchObject({
      status: 'COMPLETED',
      open: [],
      counts: { examined: 6, erased: 4, canceled: 0, attempts: 1 },
    });
    const stored = new Map((await database.events.find().toArray()).map((event) => [event._id, event]));
    for (const untouched of [bob, webhook]) expect(stored.get(untouched._id)).toEqual(untouched);
    const left = JSON.stringify([ada, copied, child, parent].map(({ _id }) => stored.get(_id)));
    expect(left).not.toMatch(/ada|bob|Example Street/i);
    expect(stored.get(ada._id)).toMatchObject({
      status: 'COMPLETED',
      attempts: 1,
      payloadRemoved: { reason: 'erasure' },
    });
    expect(JSON.stringify(await database.attempts.find().toArray())).not.toMatch(/provider"?:"?id-at|ada/);
  });

  it('cancels what is not sent yet, waits for what is under way, and for what others get too', async () => {
    const waiting = email('ada@example.com');
    const underway = email('ada@example.com', { status: 'PROCESSING', dueAt: begun });
    const shared = email(['ada@example.com', 'bob@example.com']);
    await database.events.insertMany([waiting, underway, shared]);
    const recipient = hash('email', 'ada@example.com');
    later(1);
    await requestErasure(database, recipient, 'ops', now);
    await work();
    const state = await findErasure(database, recipient);
    expect(state).toMatchObject({ status: 'RUNNING', counts: { canceled: 1, erased: 1 } });
    expect(state?.open.toSorted()).toEqual([underway._id, shared._id].toSorted());
    const last = (await database.events.findOne({ _id: waiting._id }))?.history.at(-1);
    expect(last).toMatchObject({ status: 'CANCELED', reason: 'erasure', by: 'ops' });

    // Asked for again, the one that runs goes on.
    expect(await requestErasure(database, recipient, 'somebody', now)).toMatchObject({ requestedBy: 'ops' });
    await database.events.updateMany(
      { _id: { $in: [underway._id, shared._id] } },
      {
        $set: { status: 'COMPLETED' },
        $unset: { dueAt: '' },
      },
    );
    later(10);
    await work();
    expect(await findErasure(database, recipient)).toMatchObject({ status: 'COMPLETED', counts: { erased: 3 } });
    expect(await database.events.countDocuments({ payload: { $exists: true } })).toBe(0);
  });

  it('of which an instance dies in the middle is brought to its end by another', async () => {
    const events = Array.from({ length: 1_200 }, () => email('ada@example.com', { status: 'COMPLETED' }));
    await database.events.insertMany(events);
    const recipient = hash('email', 'ada@example.com');
    later(1);
    await requestErasure(database, recipient, 'ops', now);
    await eraseNextBatch(parts());
    // One that took the next batch, and never came back.
    await database.erasures.updateOne({ _id: recipient }, { $set: { dueAt: new Date(now.getTime() + 30_000) } });
    await work(2);
    expect(await database.events.countDocuments({ payload: { $exists: true } })).toBe(700);
    later(31);
    await work(2);
    expect(await database.events.countDocuments({ payload: { $exists: true } })).toBe(0);
    later(10);
    await work(2);
    expect(await findErasure(database, recipient)).toMatchObject({ status: 'COMPLETED', counts: { erased: 1_200 } });
  });
});
