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

  async behaveWell(): Promise<void> {
    await fetch(`${this.url}/behaviour`, { method: 'DELETE' });
  }

  webhook(path: string): string {
    return `${this.url}/webhooks/${path}`;
  }
}
