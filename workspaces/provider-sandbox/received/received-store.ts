import { type Action, CHANNELS, type Channel } from '../behaviours/behaviour.ts';
import type { Arrival, NewArrival } from './arrival.ts';

export interface ArrivalFilter {
  channel?: Channel | undefined;
  id?: string | undefined;
  recipient?: string | undefined;
  /** Only arrivals after this sequence number. */
  since?: number | undefined;
}

export interface Counts {
  /** Accepted since the last emptying, also those that are no longer kept. */
  total: number;
  kept: number;
  lastSeq: number;
  byChannel: Record<Channel, number>;
  /** Tries that were not accepted, by channel and behaviour. */
  refused: Record<Channel, Partial<Record<string, number>>>;
}

// However many arrivals may be kept, their text is not to fill the memory.
const MAX_KEPT_CHARACTERS = 256 * 1024 * 1024;

/** A ring: keeping one more and forgetting the oldest cost the same at any size. */
export class ReceivedStore {
  readonly #capacity: number;
  readonly #maxCharacters: number;
  readonly #now: () => number;
  readonly #onArrival: ((arrival: Arrival) => void) | undefined;
  readonly #slots: (Arrival | undefined)[];
  #first = 1;
  #next = 1;
  #characters = 0;
  #byChannel = zeroPerChannel();
  #refused = emptyPerChannel();

  constructor(options: {
    capacity: number;
    maxCharacters?: number;
    now?: () => number;
    onArrival?: (arrival: Arrival) => void;
  }) {
    this.#onArrival = options.onArrival;
    this.#capacity = options.capacity;
    this.#maxCharacters = options.maxCharacters ?? MAX_KEPT_CHARACTERS;
    this.#now = options.now ?? Date.now;
    this.#slots = Array.from({ length: options.capacity });
  }

  add(message: NewArrival): Arrival {
    const receivedAtMs = this.#now();
    const arrival = { seq: this.#next, receivedAt: new Date(receivedAtMs).toISOString(), receivedAtMs, ...message };
    if (this.#next - this.#first === this.#capacity) this.#forgetOldest();
    this.#slots[this.#next % this.#capacity] = arrival;
    this.#next += 1;
    this.#characters += weightOf(arrival);
    while (this.#characters > this.#maxCharacters && this.#next - this.#first > 1) this.#forgetOldest();
    this.#byChannel[message.channel] += 1;
    this.#onArrival?.(arrival);
    return arrival;
  }

  refuse(channel: Channel, reason: Action | 'auth' | 'invalid'): void {
    const reasons = this.#refused[channel];
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }

  get(seq: number): Arrival | undefined {
    return seq >= this.#first && seq < this.#next ? this.#slots[seq % this.#capacity] : undefined;
  }

  /** Newest last. With `since` the first `limit` after it, so that a reader can go on from there; else the last. */
  find({ channel, id, recipient, since }: ArrivalFilter, limit: number): { items: Arrival[]; total: number } {
    const wanted = recipient?.toLowerCase();
    const found: Arrival[] = [];
    for (let seq = Math.max(this.#first, (since ?? 0) + 1); seq < this.#next; seq += 1) {
      const arrival = this.get(seq);
      if (!arrival || (channel && arrival.channel !== channel) || (id && arrival.id !== id)) continue;
      if (wanted && arrival.recipient.toLowerCase() !== wanted) continue;
      found.push(arrival);
    }
    return { items: since === undefined ? found.slice(-limit) : found.slice(0, limit), total: found.length };
  }

  counts(channel?: Channel): Counts {
    const channels: readonly Channel[] = channel ? [channel] : CHANNELS;
    return {
      total: channels.reduce((sum, name) => sum + this.#byChannel[name], 0),
      kept: this.#next - this.#first,
      lastSeq: this.#next - 1,
      byChannel: { ...this.#byChannel },
      refused: structuredClone(this.#refused),
    };
  }

  /** Forgets the arrivals and the counts; sequence numbers go on. */
  clear(): void {
    this.#slots.fill(undefined);
    this.#first = this.#next;
    this.#characters = 0;
    this.#byChannel = zeroPerChannel();
    this.#refused = emptyPerChannel();
  }

  #forgetOldest(): void {
    const oldest = this.get(this.#first);
    if (oldest) this.#characters -= weightOf(oldest);
    this.#slots[this.#first % this.#capacity] = undefined;
    this.#first += 1;
  }
}

const perChannel = <T>(value: () => T) =>
  Object.fromEntries(CHANNELS.map((channel) => [channel, value()])) as Record<Channel, T>;
const zeroPerChannel = (): Record<Channel, number> => perChannel(() => 0);
const emptyPerChannel = (): Counts['refused'] => perChannel(() => ({}));
const weightOf = ({ body, text, html }: Arrival): number => body.length + (text?.length ?? 0) + (html?.length ?? 0);
