import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from '../../../workspaces/shared/events/channels.ts';
import { EVENT_NAME, keyOfMessage } from '../load/draw-event.ts';
import type { ArrivalRecord } from '../oracle/evidence.ts';

const ROUND_MS = 1_000;
const PAGE = 2_000;

interface Item {
  seq: number;
  channel: Channel;
  id: string | null;
  receivedAtMs: number;
  subject: string | null;
  text: string | null;
  body: string;
}

export interface ArrivalLedger {
  readonly records: readonly ArrivalRecord[];
  /** Reads what is left. */
  stop(): Promise<void>;
}

/** Ledger 2, read as the run goes on: the sandbox forgets its oldest arrivals some day. */
export function followArrivals(sandboxUrl: string): ArrivalLedger {
  const records: ArrivalRecord[] = [];
  const ended = new AbortController();
  const readOn = async (): Promise<void> => {
    for (;;) {
      const since = records.at(-1)?.seq ?? 0;
      const response = await fetch(`${sandboxUrl}/received?since=${since}&limit=${PAGE}`);
      const { items } = (await response.json()) as { items: Item[] };
      for (const item of items) {
        if (item.seq !== (records.at(-1)?.seq ?? 0) + 1)
          throw new Error(`the sandbox forgot arrivals before ${item.seq}`);
        records.push(toRecord(item));
      }
      if (items.length < PAGE) return;
    }
  };
  const loop = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await readOn();
      await pause(ROUND_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const done = loop();
  done.catch(() => undefined);
  return {
    records,
    stop: async () => {
      ended.abort();
      await done;
      await readOn();
    },
  };
}

function toRecord({ seq, channel, id, receivedAtMs, subject, text, body }: Item): ArrivalRecord {
  return { seq, channel, key: keyOf(channel, { subject, text, body }), ...(id && { id }), at: receivedAtMs };
}

/** The name stands in the subject or title, in the text, or in the webhook's body; a gateway's mail has it in its text. */
function keyOf(channel: Channel, { subject, text, body }: Pick<Item, 'subject' | 'text' | 'body'>): string {
  const [name = ''] = EVENT_NAME.exec(subject ?? '') ?? EVENT_NAME.exec(text ?? '') ?? EVENT_NAME.exec(body) ?? [];
  return keyOfMessage(name, channel);
}
