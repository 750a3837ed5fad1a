import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { type ComposeCall, type Report, secondsOf } from './call.ts';

const EVENT: Record<Report, Record<string, string>> = {
  delivered: { event: 'delivered', response: '250 OK' },
  failed: { event: 'bounce', type: 'blocked', status: '5.7.1', reason: '550 5.7.1 refused for now' },
  bounce: { event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no such user' },
  complaint: { event: 'spamreport' },
  unsubscribe: { event: 'unsubscribe' },
};

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features */
export const sendgridCall: ComposeCall = ({ channel, body, recipient, providerMessageId }, report, secrets, now) => {
  const customArgs = channel === 'email' ? /"custom_args"\s*:\s*(\{[^}]*\})/.exec(body)?.[1] : undefined;
  const { SENDGRID_WEBHOOK_PRIVATE_KEY: key, SANDBOX_CALLBACK_URL: base } = secrets;
  if (customArgs === undefined || key === undefined || base === undefined) return undefined;
  const event = {
    email: recipient,
    timestamp: Number(secondsOf(now)),
    sg_event_id: randomUUID(),
    sg_message_id: `${providerMessageId}.filter0001`,
    ...EVENT[report],
    ...(JSON.parse(customArgs) as object),
  };
  const events = JSON.stringify([event]);
  const timestamp = secondsOf(now);
  const privateKey = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
  return {
    method: 'POST',
    url: `${base}/sendgrid`,
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + events), privateKey).toString(
        'base64',
      ),
    },
    body: events,
  };
};
