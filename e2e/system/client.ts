import { until } from './until.ts';

export interface EventView {
  id: string;
  status: string;
  channel: string;
  provider: string;
  createdAt: string;
  nextAttemptAt?: string;
  deadLetter?: { reason: string; errorClass?: string };
  attempts: {
    number: number;
    outcome: string;
    errorClass?: string;
    provider: string;
    startedAt: string;
    durationMs: number;
  }[];
  history: { status: string; at: string; reason?: string; by?: string }[];
}

export interface Reply<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

/** A client of the public API, over real HTTP. */
export class Client {
  readonly #ingestion: string;
  readonly #retry: string;
  readonly #headers: Record<string, string>;

  constructor(urls: { ingestion: string; retry: string }, key?: string) {
    this.#ingestion = urls.ingestion;
    this.#retry = urls.retry;
    this.#headers = key ? { authorization: `Bearer ${key}` } : {};
  }

  post<T = Record<string, unknown>>(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> {
    return this.#call('POST', this.#ingestion + path, body, headers);
  }

  get<T = Record<string, unknown>>(path: string): Promise<Reply<T>> {
    return this.#call('GET', this.#ingestion + path);
  }

  patch<T = Record<string, unknown>>(path: string, body: unknown): Promise<Reply<T>> {
    return this.#call('PATCH', this.#ingestion + path, body);
  }

  delete<T = Record<string, unknown>>(path: string): Promise<Reply<T>> {
    return this.#call('DELETE', this.#ingestion + path);
  }

  /** The retry service's side: dead letters and replays. */
  retry<T = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Reply<T>> {
    return this.#call(method, this.#retry + path, body);
  }

  /** Posts an event and answers its id. @throws unless it is accepted. */
  async accept(event: Record<string, unknown>, headers: Record<string, string> = {}): Promise<string> {
    const reply = await this.post<{ id: string }>('/v1/events', event, headers);
    if (reply.status !== 202) throw new Error(`not accepted: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body.id;
  }

  async event(id: string): Promise<EventView> {
    const reply = await this.get<EventView>(`/v1/events/${id}`);
    if (reply.status !== 200) throw new Error(`GET of ${id}: ${reply.status}`);
    return reply.body;
  }

  /** Waits until an event has one of the statuses. */
  async eventually(id: string, statuses: string | string[], limitMs = 30_000): Promise<EventView> {
    const wanted = [statuses].flat();
    return until(
      `${id} to be ${wanted.join(' or ')}`,
      async () => {
        const event = await this.event(id);
        if (!wanted.includes(event.status)) throw new Error(`it is ${event.status}`);
        return event;
      },
      limitMs,
    );
  }

  async #call<T>(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply<T>> {
    const response = await fetch(url, {
      method,
      headers: { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as T };
  }
}
