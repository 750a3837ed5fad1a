import type { Channel, ProviderName } from '../../../workspaces/shared/events/channels.ts';
import type { Random } from '../random.ts';

export interface DrawnEvent {
  key: string;
  /** What it becomes: the event itself, or the children of a typed event. */
  messages: readonly DrawnMessage[];
  typed: boolean;
  /** To be done once it is accepted. */
  change?: 'cancel' | 'move';
  body: Record<string, unknown>;
}

export interface DrawnMessage {
  /** Stands in what the provider receives; a child's is that of its typed event, and its channel. */
  key: string;
  channel: Channel;
  behaviour: string;
  scheduled: boolean;
  /** Not to be sent before; milliseconds since the epoch. */
  notBefore?: number;
}

const CHANNELS = { webhook: 45, email: 20, sms: 20, push: 8, chat: 7 } as const;
const PROVIDERS = {
  webhook: { webhook: 1 },
  email: { smtp: 60, sendgrid: 25, mailgun: 15 },
  sms: { twilio: 60, messagebird: 25, 'email-to-sms': 15 },
  push: { firebase: 60, onesignal: 40 },
  chat: { slack: 50, discord: 50 },
} as const satisfies Record<Channel, Partial<Record<ProviderName, number>>>;
/** Most events are plain; the others try every way in which a provider fails. See the sandbox's README. */
const BEHAVIOURS = {
  plain: 200,
  'fail-1': 6,
  'fail-2': 3,
  fail: 1,
  'rate-limit-1': 3,
  'drop-1': 4,
  'garbage-1': 2,
  'hang-1': 1,
  reject: 4,
  slow: 4,
} as const;
type Behaviour = keyof typeof BEHAVIOURS;
/** The sandbox's numbers that say the same as these names. */
const NUMBERS: Record<Behaviour, string> = {
  plain: '+12025550123',
  'fail-1': '+15005551001',
  'fail-2': '+15005551002',
  fail: '+15005551000',
  'rate-limit-1': '+15005552001',
  'drop-1': '+15005554001',
  'garbage-1': '+15005556001',
  'hang-1': '+15005553001',
  reject: '+15005550001',
  slow: '+15005555300',
};
/** What a typed event of the type `custom` can become, and the name of the recipient by which it does. */
const RECIPIENTS = { email: 'email', sms: 'phone', push: 'token', webhook: 'url' } as const;
type TypedChannel = keyof typeof RECIPIENTS;

/** Events are named `SEED-NUMBER`, after what they are. */
const typedName = (name: string): string => `typed-${name}`;
/** As they stand in messages and in `eventId`; see evidence/sends.ts. */
export const EVENT_NAME = /(?:chaos|same|typed)-\d+-\d+/;

/** The key of a message with this name in it: children bear that of their typed event. */
export const keyOfMessage = (name: string, channel: Channel): string =>
  name.startsWith(typedName('')) ? `${name}.${channel}` : name;
export const nameInKey = (key: string): string => key.split('.', 1)[0] ?? key;

/** An event of any channel, provider and priority; its name stands in what the provider receives. */
export function drawEvent(random: Random, name: string, sandboxUrl: string, now: number): DrawnEvent {
  const channel = random.weighted(CHANNELS);
  const behaviour = random.weighted(BEHAVIOURS);
  const scheduled = random.chance(0.03);
  // Every draw is made for every event, so that one more behaviour does not change all events after it.
  const [cancel, move, reminder] = [random.chance(0.4), random.chance(0.4), random.chance(0.4)];
  const [inMs, expiresInMs, critical] = [
    random.between(1_000, 15_000),
    random.between(20_000, 60_000),
    random.chance(0.3),
  ];
  const expires = random.chance(0.02);
  const provider = random.weighted(PROVIDERS[channel] as Record<ProviderName, number>);
  const sendAt = Math.floor((now + inMs) / 1_000) * 1_000;
  const leadDays = random.between(0, 400);
  const envelope = {
    priority: critical ? 'critical' : 'default',
    eventId: name,
    ...(scheduled && (reminder ? reminderOf(sendAt, leadDays) : { sendAt: new Date(sendAt).toISOString() })),
    ...(expires && { expiresAt: new Date(sendAt + expiresInMs).toISOString() }),
  };
  const message = { behaviour, scheduled, ...(scheduled && { notBefore: sendAt }) };
  const change = cancel ? 'cancel' : 'move';
  return {
    key: name,
    messages: [{ ...message, key: name, channel }],
    typed: false,
    ...(scheduled && (cancel || move) && { change }),
    body: { ...envelope, channel, provider, payload: payloadOf(provider, behaviour, name, sandboxUrl) },
  };
}

/** A typed event that becomes one to four messages, all of one behaviour. */
export function drawTypedEvent(random: Random, numbered: string, sandboxUrl: string): DrawnEvent {
  const name = typedName(numbered);
  const behaviour = random.weighted(BEHAVIOURS);
  const critical = random.chance(0.3);
  const drawn = (Object.keys(RECIPIENTS) as TypedChannel[]).filter(() => random.chance(0.5));
  const channels = drawn.length > 0 ? drawn : (['email'] as const);
  const to: Record<TypedChannel, string> = {
    email: addressOf(behaviour),
    sms: NUMBERS[behaviour],
    push: tokenOf(behaviour),
    webhook: urlOf(behaviour, sandboxUrl),
  };
  return {
    key: name,
    messages: channels.map((channel) => ({ key: keyOfMessage(name, channel), channel, behaviour, scheduled: false })),
    typed: true,
    body: {
      type: 'custom',
      priority: critical ? 'critical' : 'default',
      eventId: name,
      data: { subject: name, message: name },
      to: Object.fromEntries(channels.map((channel) => [RECIPIENTS[channel], to[channel]])),
    },
  };
}

/** The same moment, as a day and time of the calendar with so many days before it. */
function reminderOf(sendAt: number, leadDays: number): object {
  const targetDate = new Date(sendAt + leadDays * 86_400_000).toISOString().slice(0, 19);
  return { targetDate, leadDays };
}

const addressOf = (behaviour: Behaviour): string => `${behaviour}+chaos@example.com`;
const tokenOf = (behaviour: Behaviour): string => `${behaviour}:chaos-device`;
const urlOf = (behaviour: Behaviour, sandboxUrl: string): string => `${sandboxUrl}/webhooks/${behaviour}/chaos`;

function payloadOf(
  provider: ProviderName,
  behaviour: Behaviour,
  name: string,
  sandboxUrl: string,
): Record<string, unknown> {
  switch (provider) {
    case 'smtp':
    case 'sendgrid':
    case 'mailgun':
      return { to: addressOf(behaviour), subject: name, text: 'chaos' };
    case 'twilio':
    case 'messagebird':
      return { to: NUMBERS[behaviour], text: name };
    case 'email-to-sms':
      return { to: NUMBERS[behaviour], text: name, carrier: 'Verizon' };
    case 'firebase':
      return { token: tokenOf(behaviour), title: name, body: 'chaos' };
    case 'onesignal':
      return { externalId: tokenOf(behaviour), title: name, body: 'chaos' };
    case 'slack':
      return { url: `${sandboxUrl}/slack/services/T0/${behaviour}/chaos`, text: name };
    case 'discord':
      return { url: `${sandboxUrl}/discord/api/webhooks/1/${behaviour}`, text: name };
    case 'webhook':
      return { url: urlOf(behaviour, sandboxUrl), body: { key: name } };
  }
}
