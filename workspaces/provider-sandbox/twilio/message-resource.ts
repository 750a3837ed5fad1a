import { randomBytes } from 'node:crypto';

export const API = '/2010-04-01/Accounts';

export interface MessageRequest {
  To: string;
  From: string;
  MessagingServiceSid: string;
  Body: string;
}

export function createMessageSid(): string {
  return `SM${randomBytes(16).toString('hex')}`;
}

/** The Message resource as Twilio's API answers it: https://www.twilio.com/docs/messaging/api/message-resource */
export function messageResource(accountSid: string, sid: string, message: MessageRequest, now: Date) {
  const uri = `${API}/${accountSid}/Messages/${sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.Body,
    date_created: rfc2822(now),
    date_sent: null,
    date_updated: rfc2822(now),
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    // A messaging service chooses the sender later on.
    from: message.From || null,
    messaging_service_sid: message.MessagingServiceSid || null,
    num_media: '0',
    num_segments: message.MessagingServiceSid ? '0' : String(segments(message.Body)),
    price: null,
    price_unit: null,
    sid,
    status: message.MessagingServiceSid ? 'accepted' : 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.To,
    uri: `${uri}.json`,
  };
}

function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

/** Close to Twilio's count: ASCII stands for the GSM alphabet here; everything else goes as UCS-2. */
function segments(body: string): number {
  const ascii = /^[\x20-\x7e\r\n]*$/.test(body);
  const [single, each] = ascii ? [160, 153] : [70, 67];
  return body.length <= single ? 1 : Math.ceil(body.length / each);
}
