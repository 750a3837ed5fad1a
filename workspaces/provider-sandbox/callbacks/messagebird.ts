import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { ComposeCall, Report } from './call.ts';

const STATUS: Record<Report, Record<string, string>> = {
  delivered: { status: 'delivered', statusReason: 'successfully delivered' },
  failed: { status: 'delivery_failed', statusReason: 'generic delivery failure', statusErrorCode: '34' },
  bounce: { status: 'delivery_failed', statusReason: 'unknown subscriber', statusErrorCode: '1' },
  complaint: { status: 'delivery_failed', statusReason: 'carrier rejected', statusErrorCode: '104' },
  unsubscribe: { status: 'delivery_failed', statusReason: 'opted out subscriber', statusErrorCode: '103' },
};

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** https://developers.messagebird.com/api/sms-messaging/#handle-a-status-report, https://developers.messagebird.com/api/#verifying-http-requests */
export const messagebirdCall: ComposeCall = (arrival, report, secrets, now) => {
  const { channel, body, recipient, providerMessageId, id } = arrival;
  const reportUrl = channel === 'sms' ? /"reportUrl"\s*:\s*("[^"]*")/.exec(body)?.[1] : undefined;
  const { MESSAGEBIRD_SIGNING_KEY: key } = secrets;
  if (reportUrl === undefined || key === undefined) return undefined;
  const url = new URL(JSON.parse(reportUrl) as string);
  const said = {
    id: providerMessageId ?? '',
    reference: id ?? '',
    recipient: recipient.replace('+', ''),
    statusDatetime: now.toISOString(),
    ...STATUS[report],
  };
  for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value);
  const seconds = Math.floor(now.getTime() / 1_000);
  const claims = {
    iss: 'MessageBird',
    nbf: seconds,
    exp: seconds + 60,
    jti: randomUUID(),
    url_hash: createHash('sha256').update(url.href).digest('hex'),
  };
  const token = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  const signature = createHmac('sha256', key).update(token).digest('base64url');
  return { method: 'GET', url: url.href, headers: { 'messagebird-signature-jwt': `${token}.${signature}` } };
};
