import { createHmac } from 'node:crypto';
import type { Channel } from './channels.ts';
import { recipientsOf } from './payloads/email.ts';
import type { Payload } from './payloads.ts';

/** Channels whose recipients are persons, who can be suppressed. */
export const PERSONAL_CHANNELS = ['email', 'sms', 'push'] as const satisfies Channel[];
export type PersonalChannel = (typeof PERSONAL_CHANNELS)[number];

export function isPersonal(channel: Channel): channel is PersonalChannel {
  return (PERSONAL_CHANNELS as readonly Channel[]).includes(channel);
}

/** Everybody whom a message reaches, each once; empty where that is no person. */
export function recipientsIn(payload: Payload): string[] {
  if ('subject' in payload) return [...new Set(recipientsOf(payload).map(({ address }) => address.toLowerCase()))];
  if ('title' in payload) return [payload.externalId, payload.token].filter((one) => one !== undefined);
  return 'to' in payload ? [payload.to] : [];
}

/** The form in which recipients are compared. Mail servers that tell upper from lower case are not met any more. */
export function normalizedRecipient(channel: PersonalChannel, recipient: string): string {
  return channel === 'email' ? recipient.trim().toLowerCase() : recipient.trim();
}

/** The name under which a recipient is kept: the same for everybody who has the key, and of no use to others. */
export type HashRecipient = (channel: PersonalChannel, recipient: string) => string;

export function recipientHasher(key: Buffer): HashRecipient {
  return (channel, recipient) =>
    createHmac('sha256', key)
      .update(`${channel}\n${normalizedRecipient(channel, recipient)}`)
      .digest('base64url')
      .slice(0, 32);
}
