import type { RequestRecord } from '../oracle/evidence.ts';
import type { DrawnEvent } from './draw-event.ts';

/** Ledger 1, as the clients keep it: what they asked for and what they were told. */
export class ClientLedger {
  readonly #records = new Map<string, RequestRecord>();
  /** How often each answer came; 0 is none. */
  readonly answers = new Map<number, number>();

  get records(): RequestRecord[] {
    return [...this.#records.values()];
  }

  asked({ key, channel, behaviour, scheduled }: Omit<DrawnEvent, 'body' | 'cancel'>): void {
    if (this.#records.has(key)) return;
    this.#records.set(key, { key, channel, behaviour, scheduled, ids: [], unanswered: 0, canceled: false });
  }

  accepted(key: string, id: string): void {
    const record = this.#record(key);
    if (!record.ids.includes(id)) record.ids.push(id);
    record.acceptedAt ??= Date.now();
  }

  idOf(key: string): string | undefined {
    return this.#record(key).ids[0];
  }

  unanswered(key: string): void {
    this.#record(key).unanswered += 1;
  }

  canceled(key: string): void {
    this.#record(key).canceled = true;
  }

  count(status: number): void {
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
  }

  #record(key: string): RequestRecord {
    const record = this.#records.get(key);
    if (!record) throw new Error(`nobody asked for ${key}`);
    return record;
  }
}
