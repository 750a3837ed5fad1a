import { type ChatMessage, chatPayload } from './payloads/chat.ts';
import { type EmailMessage, emailPayload } from './payloads/email.ts';
import { type PushMessage, pushPayload } from './payloads/push.ts';
import { type SmsMessage, smsPayload } from './payloads/sms.ts';
import { type WebhookMessage, webhookPayload } from './payloads/webhook.ts';

/** The payload of each channel: its check, and by `z.output` the form that is stored and that providers get. */
export const PAYLOADS = {
  email: emailPayload,
  sms: smsPayload,
  push: pushPayload,
  chat: chatPayload,
  webhook: webhookPayload,
};

export type Payload = EmailMessage | SmsMessage | PushMessage | ChatMessage | WebhookMessage;

export type { ChatMessage } from './payloads/chat.ts';
export type { Mailbox } from './payloads/mailbox.ts';
export type { PushMessage } from './payloads/push.ts';
export { type EmailMessage, emailPayload, type SmsMessage, smsPayload, type WebhookMessage, webhookPayload };
