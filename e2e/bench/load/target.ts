/**
 * Where events are posted and how they look: for Postrider here, for any other system from a file. In the text of an
 * event `{{n}}` stands for its number and `{{sentAt}}` for the moment of its POST.
 */
export interface Target {
  url: string;
  headers: Record<string, string>;
  /** The texts of events, posted in turn. */
  events: readonly string[];
  /** How several events go in one POST; absent where the system has no such call. */
  batch?: { url: string; before: string; after: string };
}

/** As a shop would tell of a paid order; some 350 bytes. */
const ORDER = {
  type: 'order.paid',
  n: '{{n}}',
  sentAt: '{{sentAt}}',
  order: { id: 'ord_01J9Z6Q3V8', currency: 'EUR', total: 12_990, paid: true },
  customer: { id: 'cus_7Hq2', name: 'Ada Lovelace', email: 'ada@example.com', country: 'GB' },
  lines: [
    { sku: 'BK-1843-EN', title: 'Notes on the Analytical Engine', quantity: 1, price: 8_990 },
    { sku: 'PN-0005-BL', title: 'Pencils, soft, blue', quantity: 4, price: 1_000 },
  ],
};

/** A template from a value: placeholders that stand alone as strings become numbers. */
export const textOf = (value: unknown): string => JSON.stringify(value).replaceAll(/"(\{\{(?:n|sentAt)\}\})"/g, '$1');

/** What arrives at the sink. */
export const messageText = textOf(ORDER);

/** Events for one sink, or for several in turn. */
export const postriderTarget = (ingestion: string, sink: string | string[], priority = 'default'): Target => ({
  url: `${ingestion}/v1/events`,
  headers: { 'content-type': 'application/json' },
  events: [sink].flat().map((url) => textOf({ channel: 'webhook', priority, payload: { url, body: ORDER } })),
  batch: { url: `${ingestion}/v1/events/batch`, before: '{"events":[', after: ']}' },
});

/** Fills the texts many times, each in its turn; the places are looked up once. */
export function filler(texts: readonly string[]): (n: number, sentAt: number) => string {
  const split = texts.map((text) => text.split(/(\{\{(?:n|sentAt)\}\})/));
  const partsOf = (n: number): string[] => split[n % split.length] ?? [];
  return (n, sentAt) =>
    partsOf(n)
      .map((part) => (part === '{{n}}' ? n : part === '{{sentAt}}' ? sentAt : part))
      .join('');
}
