import { generateKeyPairSync } from 'node:crypto';
import type { Channel, ProviderName } from '@postrider/shared/events/channels.ts';
import type { EmailMessage, Payload } from '@postrider/shared/events/payloads.ts';
import type { ErrorClass } from '@postrider/shared/events/send-result.ts';
import type { Arrival } from './conformance-sandbox.ts';

export type Asked = 'succeed' | 'fail-1' | 'fail' | 'reject' | 'unknown' | 'rate-limit' | 'hang' | 'drop' | 'garbage';

/** What the conformance suite needs to know of a provider; a new one adds its line to WIRES, and its settings. */
export interface Wire {
  /** The channel under which the sandbox keeps its messages. */
  arrivesAs: Channel;
  /** A message that makes the sandbox do what is asked; undefined where the wire has no such thing. */
  message(asked: Asked, text: string, port: number): Payload | undefined;
  /** Where the receiver sees the text, and the id by which it can drop a second arrival. */
  textOf(arrival: Arrival): string;
  idOf(arrival: Arrival): string | undefined;
  success: 'delivered' | 'accepted';
  /** A permanent refusal of the message. */
  rejected: ErrorClass;
  /** An answer that says nothing at all. */
  garbage: ErrorClass | 'delivered';
  /** The wire tells who is known before the message is sent. */
  knowsRecipients: boolean;
  /** Nobody answers at all: nothing was sent where something else comes first, a greeting or an access token. */
  silence: ErrorClass;
  speaksSmtp?: true;
  /** The provider itself drops a message that comes a second time. */
  dropsRepeated?: true;
}

const NUMBERS: Record<Asked, string> = {
  succeed: '+12025550123',
  'fail-1': '+15005551001',
  fail: '+15005551000',
  reject: '+15005550009',
  unknown: '+15005550001',
  'rate-limit': '+15005552000',
  hang: '+15005553000',
  drop: '+15005554000',
  garbage: '+15005556000',
};

interface PushBody {
  message: { android: { notification: { tag: string } } };
}

const json = (arrival: Arrival): unknown => JSON.parse(arrival.body);
const plainText = (arrival: Arrival): string => arrival.text?.trim() ?? '';
const eventHeader = (arrival: Arrival): string | undefined => arrival.headers['x-postrider-event-id'];

const mailTo = (asked: Asked, text: string): EmailMessage => ({
  to: { name: 'Jane Roe', address: `${asked}+jane.roe@corp.example` },
  subject: `Subject of ${text}`,
  text,
});

export const WIRES: { [Name in ProviderName]: Wire } = {
  smtp: {
    arrivesAs: 'email',
    message: mailTo,
    textOf: plainText,
    idOf: (arrival) => arrival.headers['message-id'],
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'timeout',
    speaksSmtp: true,
  },
  sendgrid: {
    arrivesAs: 'email',
    message: mailTo,
    textOf: plainText,
    idOf: (arrival) => arrival.headers['message-id'],
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  mailgun: {
    arrivesAs: 'email',
    message: mailTo,
    textOf: plainText,
    idOf: (arrival) => arrival.headers['message-id'],
    success: 'accepted',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  twilio: {
    arrivesAs: 'sms',
    message: (asked, text) => ({ to: NUMBERS[asked], text }),
    textOf: plainText,
    idOf: (arrival) => new URLSearchParams(arrival.body).get('StatusCallback') ?? undefined,
    success: 'accepted',
    rejected: 'bad_recipient',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  messagebird: {
    arrivesAs: 'sms',
    message: (asked, text) => ({ to: NUMBERS[asked], text }),
    textOf: plainText,
    idOf: (arrival) => (json(arrival) as { reference: string }).reference,
    success: 'accepted',
    rejected: 'bad_recipient',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  'email-to-sms': {
    arrivesAs: 'email',
    message: (asked, text) => (asked === 'unknown' ? undefined : { to: NUMBERS[asked], text, carrier: 'T-Mobile' }),
    textOf: plainText,
    idOf: (arrival) => arrival.headers['message-id'],
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: false,
    silence: 'timeout',
    speaksSmtp: true,
  },
  firebase: {
    arrivesAs: 'push',
    message: (asked, text) => ({ token: `${asked}:jane-private-path`, title: 'Title', body: text }),
    textOf: plainText,
    idOf: (arrival) => (json(arrival) as PushBody).message.android.notification.tag,
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'timeout',
  },
  onesignal: {
    arrivesAs: 'push',
    message: (asked, text) => ({ externalId: `${asked}:jane-private-path`, title: 'Title', body: text }),
    textOf: plainText,
    idOf: (arrival) => (json(arrival) as { data: { postriderEventId: string } }).data.postriderEventId,
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
    dropsRepeated: true,
  },
  slack: {
    arrivesAs: 'chat',
    message: (asked, text, port) => ({ url: `http://127.0.0.1:${port}/slack/services/T0/${asked}/private-path`, text }),
    textOf: plainText,
    idOf: eventHeader,
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  discord: {
    arrivesAs: 'chat',
    message: (asked, text, port) => ({ url: `http://127.0.0.1:${port}/discord/api/webhooks/1234567/${asked}`, text }),
    textOf: plainText,
    idOf: eventHeader,
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'unknown_outcome',
    knowsRecipients: true,
    silence: 'unknown_outcome',
  },
  webhook: {
    arrivesAs: 'webhook',
    message: (asked, text, port) =>
      asked === 'unknown'
        ? undefined
        : {
            url: `http://127.0.0.1:${port}/webhooks/${asked}/private-path`,
            body: JSON.stringify({ text }),
            headers: { authorization: 'Bearer s3cret-of-the-receiver' },
            secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
          },
    textOf: (arrival) => (json(arrival) as { text: string }).text,
    idOf: (arrival) => arrival.headers['webhook-id'],
    success: 'delivered',
    rejected: 'rejected',
    garbage: 'delivered',
    knowsRecipients: false,
    silence: 'unknown_outcome',
  },
};

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** The settings of all providers, each of them at these ports. */
export function settingsFor({ port, smtpPort }: { port: number; smtpPort: number }): Record<string, string> {
  const base = `http://127.0.0.1:${port}`;
  return {
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(smtpPort),
    SMTP_FROM: 'Postrider <post@sender.example>',
    SMTP_USER: 'post-user',
    SMTP_PASSWORD: 'pa55word',
    SMTP_REQUIRE_TLS: 'false',
    SENDGRID_API_KEY: 'SG.s3cret-key',
    SENDGRID_FROM: 'Postrider <post@sender.example>',
    SENDGRID_BASE_URL: `${base}/sendgrid`,
    MAILGUN_API_KEY: 's3cret-key',
    MAILGUN_DOMAIN: 'sender.example',
    MAILGUN_FROM: 'Postrider <post@sender.example>',
    MAILGUN_BASE_URL: `${base}/mailgun/`,
    MAILGUN_WEBHOOK_SIGNING_KEY: 's3cret-signing-key',
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
    TWILIO_AUTH_TOKEN: 's3cret-token',
    TWILIO_FROM: '+12025550100',
    TWILIO_BASE_URL: base,
    TWILIO_STATUS_CALLBACK_URL: 'https://postrider.example/callbacks/twilio',
    MESSAGEBIRD_ACCESS_KEY: 's3cret-key',
    MESSAGEBIRD_ORIGINATOR: 'Postrider',
    MESSAGEBIRD_BASE_URL: `${base}/messagebird`,
    MESSAGEBIRD_STATUS_CALLBACK_URL: 'https://postrider.example/callbacks/messagebird',
    FIREBASE_PROJECT_ID: 'postrider-test',
    FIREBASE_CLIENT_EMAIL: 's3cret@corp.example',
    FIREBASE_PRIVATE_KEY: privateKey,
    FIREBASE_BASE_URL: `${base}/firebase`,
    FIREBASE_TOKEN_URL: `${base}/firebase/token`,
    ONESIGNAL_APP_ID: '2f5a4dd9-97a3-4d72-9d6f-09c53441e939',
    ONESIGNAL_API_KEY: 's3cret-key',
    ONESIGNAL_BASE_URL: `${base}/onesignal`,
    SLACK_BASE_URL: `${base}/slack`,
    DISCORD_BASE_URL: `${base}/discord`,
    WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8',
  };
}
