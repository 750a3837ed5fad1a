import { setTimeout as pause } from 'node:timers/promises';
import type { ArrivalRecord, Channel } from '../oracle/evidence.ts';

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

function keyOf(channel: Channel, { subject, text, body }: Pick<Item, 'subject' | 'text' | 'body'>): string {
  if (channel === 'email') return subject ?? '';
  if (channel === 'sms') return text ?? '';
  return (JSON.parse(body) as { key?: string }).key ?? '';
}
