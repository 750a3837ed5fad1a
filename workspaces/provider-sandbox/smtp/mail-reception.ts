import { randomUUID } from 'node:crypto';
import { type Behaviour, isAccepted, SUCCEED } from '../behaviours/behaviour.ts';
import type { RuleBook } from '../behaviours/rule-book.ts';
import type { ReceivedStore } from '../received/received-store.ts';
import { parseMail } from './mail.ts';

export interface Envelope {
  sender: string;
  recipients: string[];
}

/**
 * Decides on one mail and keeps it when it is accepted: one arrival for each recipient. SMTP has one reply for all
 * recipients, so the first one that asks for anything but success decides.
 */
export async function receiveMail(
  { rules, received }: { rules: RuleBook; received: ReceivedStore },
  source: Buffer,
  { sender, recipients }: Envelope,
): Promise<{ behaviour: Behaviour; messageId: string }> {
  const { messageId, ...mail } = await parseMail(source, sender);
  const identity = mail.id ?? messageId ?? '';
  const behaviour =
    recipients
      .map((recipient) => rules.decide({ channel: 'email', recipient, identity }))
      .find(({ action }) => action !== 'succeed') ?? SUCCEED;

  const providerMessageId = messageId ?? `<${randomUUID()}@sandbox>`;
  if (isAccepted(behaviour)) {
    for (const recipient of recipients) received.add({ channel: 'email', recipient, providerMessageId, ...mail });
  } else {
    received.refuse('email', behaviour.action);
  }
  return { behaviour, messageId: providerMessageId };
}
