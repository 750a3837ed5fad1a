import { recipientsOf } from '@postrider/shared/events/payloads/email.ts';
import type { Payload } from '@postrider/shared/events/payloads.ts';
import { maskRecipient } from '@postrider/shared/service/recipient-mask.ts';

/** Whom a message is for, masked for logs. */
export function maskedRecipient(payload: Payload): string {
  if ('subject' in payload) {
    const [first, ...others] = recipientsOf(payload).map(({ address }) => maskRecipient(address));
    return others.length > 0 ? `${first} and ${others.length} more` : (first ?? '');
  }
  return maskRecipient('url' in payload ? payload.url : payload.to);
}
