import { recipientsOf } from '@postrider/shared/events/payloads/email.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import { maskRecipient } from '@postrider/shared/service/recipient-mask.ts';

/** Whom a message is for, masked for logs. */
export function maskedRecipient(payload: Payload): string {
  if ('subject' in payload) {
    const [first, ...others] = recipientsOf(payload).map(({ address }) => maskRecipient(address));
    return others.length > 0 ? `${first} and ${others.length} more` : (first ?? '');
  }
  if ('url' in payload && payload.url !== undefined) return maskRecipient(payload.url);
  // Tokens and ids stay hidden; names that many share do not.
  if ('title' in payload) return payload.token || payload.externalId ? '***' : `topic ${payload.topic}`;
  if ('to' in payload) return maskRecipient(payload.to);
  return `webhook ${('target' in payload && payload.target) || 'default'}`;
}
