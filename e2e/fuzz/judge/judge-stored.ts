import { isDeepStrictEqual } from 'node:util';
import { BIG_NUMBERS } from '../cases/hostile.ts';

interface Sent {
  channel: string;
  payload: Record<string, unknown>;
  priority?: string;
  eventId?: string;
  metadata?: unknown;
  sendAt?: string;
  expiresAt?: string;
}

interface Stored extends Sent {
  history?: { reason?: string }[];
}

/** What of an accepted event does not come back as it was sent, by the names of its fields. Pure. */
export function changedFields(sentText: string, storedText: string): string[] {
  const sent = JSON.parse(sentText) as Sent;
  const stored = JSON.parse(storedText) as Stored;
  // One that is replayed is to be sent, and does not expire any more.
  const isReplayed = stored.history?.some(({ reason }) => reason?.startsWith('replay '));
  const { headers, secret, to, from, replyTo, cc, bcc, url, attachments, ...plain } = sent.payload;
  const pairs: [string, unknown, unknown][] = [
    ['channel', sent.channel, stored.channel],
    ['priority', sent.priority ?? 'default', stored.priority],
    ['eventId', sent.eventId, stored.eventId],
    ['metadata', sent.metadata, stored.metadata],
    ['sendAt', timeOf(sent.sendAt), timeOf(stored.sendAt)],
    ['expiresAt', isReplayed ? undefined : timeOf(sent.expiresAt), timeOf(stored.expiresAt)],
    ...Object.entries(plain).map(([name, value]): [string, unknown, unknown] => [
      `payload.${name}`,
      value,
      stored.payload[name],
    ]),
    ...Object.entries({ to, from, replyTo, cc, bcc }).map(([name, value]): [string, unknown, unknown] => [
      `payload.${name}`,
      addressOf(value),
      addressOf(stored.payload[name]),
    ]),
    // A chat's webhook is shown without its path.
    ['payload.url', url, sent.channel === 'chat' ? url : stored.payload['url']],
    ['payload.attachments', filesOf(attachments), filesOf(stored.payload['attachments'])],
    ['payload.headers', namesOf(headers), namesOf(stored.payload['headers'])],
  ];
  const changed = pairs.filter(([, one, other]) => !isDeepStrictEqual(one, other)).map(([name]) => name);
  // To JSON.parse these numbers are the same as their neighbours.
  const lost = numbersIn(sentText).filter((number) => !storedText.includes(number));
  return [...changed, ...lost.map((number) => `the number ${number}`)];
}

const timeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

/** Values of some headers are hidden. */
const namesOf = (headers: unknown): string[] => Object.keys(headers ?? {});

/** What is in them is not shown. */
const filesOf = (attachments: unknown): unknown[] =>
  Array.isArray(attachments) ? attachments.map((one: { filename?: unknown }) => one.filename) : [];

function addressOf(mailbox: unknown): unknown {
  if (Array.isArray(mailbox)) return mailbox.map(addressOf);
  return typeof mailbox === 'string' ? (/<([^<>]+)>$/.exec(mailbox.trim())?.[1] ?? mailbox).trim() : mailbox;
}

const numbersIn = (text: string): string[] =>
  BIG_NUMBERS.filter((number) => new RegExp(`[:[,]${number.replace('.', '\\.')}[,}\\]]`).test(text));
