import type { Payload } from '@postrider/shared/events/payloads.ts';
import { maskRecipient } from '@postrider/shared/service/recipient-mask.ts';

/** Whom a message is for, masked for logs. */
export function maskedRecipient(payload: Payload): string {
  if ('url' in payload) return maskRecipient(payload.url);
  return maskRecipient(typeof payload.to === 'string' ? payload.to : payload.to.address);
}
