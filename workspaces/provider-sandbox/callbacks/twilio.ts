import { createHmac } from 'node:crypto';
import type { ComposeCall, Report } from './call.ts';

const STATUS: Record<Report, Record<string, string>> = {
  delivered: { MessageStatus: 'delivered' },
  failed: { MessageStatus: 'undelivered', ErrorCode: '30008' },
  bounce: { MessageStatus: 'undelivered', ErrorCode: '30005' },
  complaint: { MessageStatus: 'undelivered', ErrorCode: '30007' },
  unsubscribe: { MessageStatus: 'failed', ErrorCode: '21610' },
};

/** https://www.twilio.com/docs/messaging/guides/track-outbound-message-status, https://www.twilio.com/docs/usage/security */
export const twilioCall: ComposeCall = ({ channel, body, recipient, providerMessageId }, report, secrets) => {
  const url = channel === 'sms' ? new URLSearchParams(body).get('StatusCallback') : undefined;
  if (!url) return undefined;
  const form: Record<string, string> = {
    ApiVersion: '2010-04-01',
    MessageSid: providerMessageId ?? '',
    SmsSid: providerMessageId ?? '',
    To: recipient,
    ...STATUS[report],
  };
  const signed = Object.keys(form)
    .toSorted()
    .reduce((text, name) => text + name + form[name], url);
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': createHmac('sha1', secrets.TWILIO_AUTH_TOKEN).update(signed).digest('base64'),
    },
    body: new URLSearchParams(form).toString(),
  };
};
