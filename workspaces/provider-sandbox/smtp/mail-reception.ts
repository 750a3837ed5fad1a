import { randomUUID } from 'node:crypto';
import { type Behaviour, isAccepted, type Provider, SUCCEED } from '../behaviours/behaviour.ts';
import type { RuleBook } from '../behaviours/rule-book.ts';
import type { ReceivedStore } from '../received/received-store.ts';
import { type ParsedMail, parseMail } from './mail.ts';

export interface Envelope {
  sender: string;
  recipients: string[];
}

export interface Stores {
  rules: RuleBook;
  received: ReceivedStore;
}

/** A mail as it came by SMTP; `messageId` is what the reply names. */
export async function receiveMail(
  stores: Stores,
  source: Buffer,
  { sender, recipients }: Envelope,
): Promise<{ behaviour: Behaviour; messageId: string }> {
  const mail = await parseMail(source, sender);
  const messageId = mail.messageId ?? `<${randomUUID()}@sandbox>`;
  return { behaviour: keepMail(stores, 'smtp', mail, recipients, messageId), messageId };
}

/**
 * Decides on one mail and keeps it when it is accepted: one arrival for each recipient. There is one answer for all
 * recipients, so the first one that asks for anything but success decides.
 */
export function keepMail(
  { rules, received }: Stores,
  provider: Provider,
  { messageId, ...mail }: ParsedMail,
  recipients: string[],
  providerMessageId: string,
): Behaviour {
  const identity = mail.id ?? messageId ?? '';
  const behaviour =
    recipients
      .map((recipient) => rules.decide({ provider, recipient, identity }))
      .find(({ action }) => action !== 'succeed') ?? SUCCEED;

  if (isAccepted(behaviour)) {
    for (const recipient of recipients)
      received.add({ channel: 'email', provider, recipient, providerMessageId, ...mail });
  } else {
    received.refuse('email', behaviour.action);
  }
  return behaviour;
}
