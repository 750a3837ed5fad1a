import type { Channel, Provider } from '../behaviours/behaviour.ts';

export interface MailPart {
  type: string;
  name: string | null;
  disposition: string | null;
  bytes: number;
}

/** One message that the sandbox has taken over, in the form that `GET /received` shows. */
export interface Arrival {
  /** Grows by one with each arrival and never starts anew while the process lives. */
  seq: number;
  channel: Channel;
  provider: Provider;
  receivedAt: string;
  /** Milliseconds since 1970. */
  receivedAtMs: number;
  /** E-mail address, number, device token or other audience of a push message, or a webhook's path and query. */
  recipient: string;
  sender: string | null;
  /** The event's id as far as the wire carries one. */
  id: string | null;
  providerMessageId: string | null;
  subject: string | null;
  text: string | null;
  html: string | null;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** As it came over the wire: the mail's source, the body of the API's request or of the webhook. */
  body: string;
  /** Webhooks only. */
  method?: string;
  /** Mails only. */
  parts?: MailPart[];
}

export type NewArrival = Omit<Arrival, 'seq' | 'receivedAt' | 'receivedAtMs'>;
