import type { Channel } from '@postrider/shared/events/channels.ts';

export interface ChannelFields {
  /** The payload's field for the recipient, and the recipient's name in `to` of a typed event. */
  recipient: string;
  byName: string;
  /** False: there is a default recipient, so that a route may name none. */
  needsRecipient: boolean;
  /** The payload's fields that a template may write; those of `required` it must. */
  parts: readonly string[];
  required: readonly string[];
}

/** How a rendered template and a recipient become the payload of each channel. */
export const CHANNEL_FIELDS: Record<Channel, ChannelFields> = {
  email: {
    recipient: 'to',
    byName: 'email',
    needsRecipient: true,
    parts: ['subject', 'text', 'html'],
    required: ['subject'],
  },
  sms: { recipient: 'to', byName: 'phone', needsRecipient: true, parts: ['text'], required: ['text'] },
  push: {
    recipient: 'token',
    byName: 'token',
    needsRecipient: false,
    parts: ['title', 'body', 'image', 'link'],
    required: ['title', 'body'],
  },
  chat: { recipient: 'target', byName: 'chat', needsRecipient: false, parts: ['text'], required: ['text'] },
  webhook: { recipient: 'url', byName: 'url', needsRecipient: true, parts: ['body'], required: ['body'] },
};
