import { isParent, type StoredEvent } from '@postrider/shared/events/event.ts';
import type { ErasureDocument } from '@postrider/shared/events/erasure.ts';
import { type HashRecipient, isPersonal, recipientsIn } from '@postrider/shared/events/recipients.ts';
import { endOf } from '@postrider/shared/events/retention.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import {
  cancelForErasure,
  erase,
  findErasable,
  findErasableById,
  proceedErasure,
  takeErasure,
} from '@postrider/shared/events/store/erasures.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';

export interface ErasureParts {
  database: Database;
  clock: Clock;
  logger: Logger;
  hash: HashRecipient;
}

const BATCH = 500;
/** How often events are looked at again that were not at their end; milliseconds. */
const OPEN_INTERVAL_MS = 5_000;

/**
 * One batch of the erasure that is due: all events that there were when it was asked for are walked through, as nothing that every
 * event would pay for tells whom it is for. Whoever goes on after a crash repeats the batch. True when there is more to do now.
 */
export async function eraseNextBatch(parts: ErasureParts): Promise<boolean> {
  const { database, clock, logger } = parts;
  const taken = await takeErasure(database, clock.now());
  if (!taken) return false;
  const events = await findErasable(database, taken, BATCH);
  const found = events.filter((event) => recipientsOf(event, parts.hash).includes(taken._id));
  const walked = events.length < BATCH;
  // Those that were open are looked at again once all others are done.
  const again = walked ? await findErasableById(database, taken.open) : [];
  const { open, ...counts } = await eraseEvents(parts, taken, [...again, ...found]);
  const now = clock.now();
  const left = walked ? open : [...new Set([...taken.open, ...open])];
  const done = walked && left.length === 0;
  await proceedErasure(
    database,
    taken,
    {
      cursor: events.at(-1)?._id ?? taken.cursor,
      open: left,
      dueAt: walked ? new Date(now.getTime() + OPEN_INTERVAL_MS) : now,
      ...(done && { status: 'COMPLETED', finishedAt: now }),
    },
    { examined: events.length, ...counts },
  );
  if (done) logger.info({ recipient: taken._id }, 'erased a recipient');
  return !walked;
}

async function eraseEvents({ database, clock }: ErasureParts, { requestedBy }: ErasureDocument, events: StoredEvent[]) {
  const now = clock.now();
  // An event that others get, too, is theirs as well: it goes its way first.
  const alone = events.filter((event) => !isParent(event) && !endOf(event) && recipientsIn(event.payload).length === 1);
  const canceled = await cancelForErasure(database, idsOf(alone), now, requestedBy);
  const current = canceled > 0 ? await findErasableById(database, idsOf(events)) : events;
  const [over, open] = [current.filter(isOver), current.filter((event) => !isOver(event))];
  return { canceled, ...(await erase(database, idsOf(over), now)), open: idsOf(open) };
}

/** A typed event's own words are of use to nobody once its children are there. */
const isOver = (event: StoredEvent): boolean => isParent(event) || endOf(event) !== undefined;

const idsOf = (events: StoredEvent[]): string[] => events.map(({ _id }) => _id);

/** The hashes of all whom an event is for; of a typed event, of those whom it names. */
function recipientsOf(event: StoredEvent, hash: HashRecipient): string[] {
  if (event.payloadRemoved?.reason === 'erasure') return [];
  if (isParent(event)) {
    const { email, phone, token } = event.to ?? {};
    return [
      ...(email === undefined ? [] : [hash('email', email)]),
      ...(phone === undefined ? [] : [hash('sms', phone)]),
      ...(token === undefined ? [] : [hash('push', token)]),
    ];
  }
  const { channel, payload } = event;
  if (!isPersonal(channel) || payload === undefined) return [];
  return recipientsIn(payload).map((one) => hash(channel, one));
}
