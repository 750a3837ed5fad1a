import type { IncomingHttpHeaders } from 'node:http';
import { type Percentiles, percentilesOf } from '../report/statistics.ts';
import { monotonicMicros } from './moment.ts';
import { NumberSet } from './number-set.ts';

/** What makes two requests the same event. Numbers take less room, but do not tell an event that was accepted twice. */
export type Identity = 'webhook-id' | 'number';

export interface Progress {
  /** Different events; where the system under test sends no `webhook-id` header, by their numbers. */
  unique: number;
  /** Requests, repeated ones included. */
  requests: number;
  /** Monotonic microseconds; 0 before the first. */
  firstArrival: number;
  lastArrival: number;
}

/** What came to one path. */
export class Arrivals {
  readonly #identity: Identity;
  readonly #ids = new Set<string>();
  readonly #numbers = new NumberSet();
  #latencies: number[] = [];
  #requests = 0;
  #first = 0;
  #last = 0;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  add(headers: IncomingHttpHeaders, text: string): void {
    const now = monotonicMicros();
    this.#first ||= now;
    this.#last = now;
    this.#requests += 1;
    const sentAt = numberAfter(text, '"sentAt":');
    if (sentAt !== undefined) this.#latencies.push((now - sentAt) / 1_000);
    const id = this.#identity === 'webhook-id' ? headers['webhook-id'] : undefined;
    if (typeof id === 'string') this.#ids.add(id);
    else this.#numbers.add(numberAfter(text, '"n":') ?? this.#requests);
  }

  get progress(): Progress {
    const unique = this.#ids.size + this.#numbers.size;
    return { unique, requests: this.#requests, firstArrival: this.#first, lastArrival: this.#last };
  }

  /** Milliseconds from POST to arrival, of all requests since `forgetLatencies`. */
  get latency(): Percentiles {
    return percentilesOf(this.#latencies);
  }

  forgetLatencies(): void {
    this.#latencies = [];
  }
}

/** A whole parse of the body would cost more than the rest of the sink. */
function numberAfter(text: string, name: string): number | undefined {
  const at = text.indexOf(name);
  if (at < 0) return undefined;
  const value = Number.parseInt(text.slice(at + name.length, at + name.length + 20), 10);
  return Number.isNaN(value) ? undefined : value;
}
