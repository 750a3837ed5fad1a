import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import { type HashRecipient, isPersonal, recipientsIn } from '@postrider/shared/events/recipients.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findSuppressed } from '@postrider/shared/events/store/suppressions.ts';

/** What is left of a message of whose recipients some are on the suppression list. */
export interface Remainder {
  /** Undefined where nobody is left to send it to. */
  payload: Payload | undefined;
  /** How many recipients fell out. */
  suppressed: number;
}

/** By event id, the events that are to be sent to fewer people than they name. One look for all of them, and none for webhooks and chats. */
export async function screenRecipients(
  database: Database,
  hash: HashRecipient,
  events: Iterable<EventDocument>,
): Promise<ReadonlyMap<string, Remainder>> {
  const hashes = new Map<string, string>();
  const personal = [...events].filter(({ channel }) => isPersonal(channel));
  const keyOf = ({ channel }: EventDocument, recipient: string): string => `${channel} ${recipient}`;
  for (const event of personal) {
    for (const recipient of recipientsIn(event.payload)) {
      if (isPersonal(event.channel)) hashes.set(keyOf(event, recipient), hash(event.channel, recipient));
    }
  }
  const suppressed = await findSuppressed(database, [...hashes.values()]);
  if (suppressed.size === 0) return new Map();
  return new Map(
    personal.flatMap((event) => {
      const remainder = remainderOf(event.payload, (one) => suppressed.has(hashes.get(keyOf(event, one)) ?? ''));
      return remainder.suppressed > 0 ? [[event._id, remainder]] : [];
    }),
  );
}

/** An e-mail goes to those of its recipients who are left, as long as somebody is left in `to`. */
export function remainderOf(payload: Payload, isSuppressed: (recipient: string) => boolean): Remainder {
  const suppressed = recipientsIn(payload).filter(isSuppressed).length;
  if (suppressed === 0) return { payload, suppressed };
  if (!('subject' in payload)) return { payload: undefined, suppressed };
  const isLeft = ({ address }: { address: string }): boolean => !isSuppressed(address.toLowerCase());
  const to = [payload.to].flat().filter(isLeft);
  if (to.length === 0) return { payload: undefined, suppressed };
  const { cc, bcc, ...rest } = payload;
  const [left, hidden] = [cc?.filter(isLeft) ?? [], bcc?.filter(isLeft) ?? []];
  return {
    payload: { ...rest, to, ...(left.length > 0 && { cc: left }), ...(hidden.length > 0 && { bcc: hidden }) },
    suppressed,
  };
}

export const SUPPRESSED: SendResult = {
  outcome: 'failed',
  errorClass: 'suppressed',
  retryable: false,
  detail: 'the recipient is on the suppression list',
};

/** The result of a message that went out to some of its recipients alone. */
export function withSuppressed(result: SendResult, { suppressed }: Remainder): SendResult {
  const note = `recipients on the suppression list, not sent to: ${suppressed}`;
  return { ...result, detail: result.detail === undefined ? note : `${result.detail}; ${note}` };
}
