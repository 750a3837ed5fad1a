/**
 * Where events are posted and how they look: for Postrider here, for any other system from a file. In the text of an
 * event `{{n}}` stands for its number and `{{sentAt}}` for the moment of its POST.
 */
export interface Target {
  url: string;
  headers: Record<string, string>;
  event: string;
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

export const postriderTarget = (ingestion: string, sink: string, priority = 'default'): Target => ({
  url: `${ingestion}/v1/events`,
  headers: { 'content-type': 'application/json' },
  event: textOf({ channel: 'webhook', priority, payload: { url: sink, body: ORDER } }),
  batch: { url: `${ingestion}/v1/events/batch`, before: '{"events":[', after: ']}' },
});

/** Fills one text many times; the places are looked up once. */
export function filler(text: string): (n: number, sentAt: number) => string {
  const parts = text.split(/(\{\{(?:n|sentAt)\}\})/);
  return (n, sentAt) => parts.map((part) => (part === '{{n}}' ? n : part === '{{sentAt}}' ? sentAt : part)).join('');
}
