import { createHmac, randomBytes } from 'node:crypto';
import { type ComposeCall, type Report, secondsOf } from './call.ts';

const EVENT: Record<Report, Record<string, unknown>> = {
  delivered: { event: 'delivered' },
  failed: {
    event: 'failed',
    severity: 'permanent',
    reason: 'old',
    'delivery-status': { code: 602, message: 'Too old' },
  },
  bounce: {
    event: 'failed',
    severity: 'permanent',
    reason: 'bounce',
    'delivery-status': { code: 550, message: 'No such user' },
  },
  complaint: { event: 'complained' },
  unsubscribe: { event: 'unsubscribed' },
};

/** https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads */
export const mailgunCall: ComposeCall = ({ headers, recipient, providerMessageId }, report, secrets, now) => {
  const variables = headers['x-mailgun-variables'];
  const { MAILGUN_WEBHOOK_SIGNING_KEY: key, SANDBOX_CALLBACK_URL: base } = secrets;
  if (typeof variables !== 'string' || key === undefined || base === undefined) return undefined;
  const timestamp = secondsOf(now);
  const token = randomBytes(25).toString('hex');
  const signature = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');
  const data = {
    id: randomBytes(11).toString('base64url'),
    timestamp: now.getTime() / 1_000,
    recipient,
    message: { headers: { 'message-id': providerMessageId } },
    'user-variables': JSON.parse(variables) as object,
    ...EVENT[report],
  };
  return {
    method: 'POST',
    url: `${base}/mailgun`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': data }),
  };
};
