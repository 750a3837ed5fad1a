import type { Arrival } from '../received/arrival.ts';

/** What a provider may report of a message that it has accepted. `failed` may be tried again, `bounce` not. */
export const REPORTS = ['delivered', 'failed', 'bounce', 'complaint', 'unsubscribe'] as const;
export type Report = (typeof REPORTS)[number];

/** One request of a provider's. */
export interface Call {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** What signs the reports of each provider, and where those go whose messages do not say it themselves. */
export interface CallbackSecrets {
  TWILIO_AUTH_TOKEN: string;
  MESSAGEBIRD_SIGNING_KEY?: string | undefined;
  MAILGUN_WEBHOOK_SIGNING_KEY?: string | undefined;
  /** PKCS #8 in DER and base64, of the curve P-256. */
  SENDGRID_WEBHOOK_PRIVATE_KEY?: string | undefined;
  /** The address of the callbacks, before the provider's name. */
  SANDBOX_CALLBACK_URL?: string | undefined;
}

/** Undefined where the arrival is no message of that provider's, or nobody wants to hear of it. */
export type ComposeCall = (arrival: Arrival, report: Report, secrets: CallbackSecrets, now: Date) => Call | undefined;

export const secondsOf = (now: Date): string => String(Math.floor(now.getTime() / 1_000));
