/** What the provider-sandbox received, as it tells. */
export interface Arrival {
  seq: number;
  channel: 'email' | 'sms' | 'push' | 'chat' | 'webhook';
  recipient: string;
  id?: string;
  /** Milliseconds since the epoch. */
  receivedAtMs: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
}

/** The providers' side of the system under test. */
export class Sandbox {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Everything that arrived, oldest first; by channel and id where given. */
  async received(filter: { channel?: string; id?: string; since?: number; limit?: number } = {}): Promise<Arrival[]> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ limit: 20_000, ...filter })) query.set(name, String(value));
    const response = await fetch(`${this.url}/received?${query.toString()}`);
    const { items } = (await response.json()) as { items: Arrival[] };
    return items;
  }

  async behave(rule: Record<string, unknown>): Promise<void> {
    const response = await fetch(`${this.url}/behaviour`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
    if (!response.ok) throw new Error(`the sandbox refused a behaviour: ${await response.text()}`);
  }

  /** What is reported by itself of messages to a recipient, by providers that report at all. */
  async reportOf(match: string, report: string): Promise<void> {
    await this.#json('PUT', '/reports', { match, report });
  }

  /** Has the provider of an event's messages report now; answers what the receiver of the report answered. */
  async report(id: string, report: string): Promise<number[]> {
    return ((await this.#json('POST', '/reports', { id, report })) as { answers: number[] }).answers;
  }

  async #json(method: string, path: string, body: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`the sandbox refused ${path}: ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }

  async behaveWell(): Promise<void> {
    await fetch(`${this.url}/behaviour`, { method: 'DELETE' });
  }

  webhook(path: string): string {
    return `${this.url}/webhooks/${path}`;
  }
}
