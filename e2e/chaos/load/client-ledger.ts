import type { RequestRecord } from '../oracle/evidence.ts';
import type { DrawnEvent } from './draw-event.ts';
import type { Answer } from './send.ts';

/** Ledger 1, as the clients keep it: what they asked for and what they were told. One record for each message. */
export class ClientLedger {
  readonly #records = new Map<string, RequestRecord>();
  readonly #idOf = new Map<string, string>();
  /** How often each answer came; 0 is none. */
  readonly answers = new Map<number, number>();

  get records(): RequestRecord[] {
    return [...this.#records.values()];
  }

  asked({ messages }: DrawnEvent): void {
    for (const message of messages) {
      if (this.#records.has(message.key)) continue;
      this.#records.set(message.key, { ...message, ids: [], unanswered: 0, canceled: false });
    }
  }

  /** What came back for an event; true when it was taken. */
  answered(event: DrawnEvent, { status, id, children = [] }: Answer): boolean {
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    if (id !== undefined) this.#idOf.set(event.key, id);
    for (const { key, channel } of event.messages) {
      const record = this.#record(key);
      if (id === undefined) {
        record.unanswered += 1;
        continue;
      }
      // A typed event's answer names its children; one that is not named there is missing.
      const own = event.typed ? children.filter((child) => child.channel === channel).map((child) => child.id) : [id];
      for (const one of own) if (!record.ids.includes(one)) record.ids.push(one);
      if (event.typed) record.parentId = id;
      record.acceptedAt ??= Date.now();
    }
    return id !== undefined;
  }

  idOf({ key }: DrawnEvent): string | undefined {
    return this.#idOf.get(key);
  }

  canceled({ messages }: DrawnEvent): void {
    for (const { key } of messages) this.#record(key).canceled = true;
  }

  /** Moved to another time; without an answer it may be sent at either. */
  moved({ messages }: DrawnEvent, to: number, answered: boolean): void {
    for (const { key } of messages) {
      const record = this.#record(key);
      record.notBefore = answered ? to : Math.min(to, record.notBefore ?? to);
    }
  }

  #record(key: string): RequestRecord {
    const record = this.#records.get(key);
    if (!record) throw new Error(`nobody asked for ${key}`);
    return record;
  }
}
