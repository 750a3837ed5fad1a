import { setTimeout as delay } from 'node:timers/promises';
import { DemoTable } from './demo-table.ts';

export interface DemoAddresses {
  ingestion: string;
  retryService: string;
  sandbox: string;
}

interface DemoEvent {
  name: string;
  event: Record<string, unknown>;
}

const LIMIT_MS = 90_000;
const FINAL = new Set(['COMPLETED', 'CANCELED']);

/**
 * Sends one event of each kind through the running system and shows how their statuses change.
 * @throws when one of them does not come to its end in time.
 */
export async function runDemo(addresses: DemoAddresses, output: NodeJS.WriteStream): Promise<void> {
  const { ingestion, sandbox } = addresses;
  const closed = await call<{ id: string }>('PUT', `${sandbox}/behaviour`, {
    channel: 'webhook',
    match: 'demo-closed-shop',
    action: 'reject',
  });
  const table = new DemoTable(output);
  const events = demoEvents(sandbox);
  const ids = new Map<string, string>();
  for (const { name, event } of events) {
    const { id } = await call<{ id: string }>('POST', `${ingestion}/v1/events`, event);
    ids.set(id, name);
  }

  let replayed = false;
  const deadline = performance.now() + LIMIT_MS;
  for (let open = events.length; open > 0; ) {
    if (performance.now() > deadline) throw new Error(`the demonstration did not end within ${LIMIT_MS / 1_000} s`);
    open = 0;
    for (const [id, name] of ids) {
      const event = await call<Parameters<DemoTable['show']>[1]>('GET', `${ingestion}/v1/events/${id}`);
      table.show(name, event);
      if (!FINAL.has(event.status)) open += 1;
      if (event.status === 'DEAD_LETTERED' && !replayed) {
        replayed = true;
        await replay(addresses, id, closed.id, table);
      }
    }
    await delay(100);
  }
  table.finish();
}

/** What an operator does: the receiver is mended, then its dead letter is replayed. */
async function replay(
  { retryService, sandbox }: DemoAddresses,
  id: string,
  behaviour: string,
  table: DemoTable,
): Promise<void> {
  table.note('the closed shop opens again, and its dead letter is replayed');
  await call('DELETE', `${sandbox}/behaviour/${behaviour}`);
  await call('POST', `${retryService}/v1/dead-letters/replay`, { filter: { ids: [id] } });
}

function demoEvents(sandbox: string): DemoEvent[] {
  const html = '<h1>Welcome aboard</h1><p>Your account is <b>ready</b>.</p>';
  const webhook = (path: string) => ({
    url: `${sandbox}/webhooks/${path}`,
    body: { order: 1_234, total: '49.90 EUR' },
  });
  return [
    { name: 'an e-mail', event: { channel: 'email', payload: { to: 'ada@example.com', subject: 'Welcome', html } } },
    {
      name: 'a text message',
      event: { channel: 'sms', priority: 'critical', payload: { to: '+12025550123', text: 'Your code is 246810' } },
    },
    { name: 'a webhook', event: { channel: 'webhook', payload: webhook('orders') } },
    { name: 'a webhook that fails twice', event: { channel: 'webhook', payload: webhook('fail-2/orders') } },
    { name: 'a webhook to a closed shop', event: { channel: 'webhook', payload: webhook('demo-closed-shop') } },
  ];
}

async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} was answered with ${response.status}: ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
