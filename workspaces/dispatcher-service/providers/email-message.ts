import { type EmailMessage, recipientsOf } from '@postrider/shared/events/payloads/email.ts';
import type { Mailbox } from '@postrider/shared/events/payloads/mailbox.ts';
import type { SendContext } from './provider.ts';
import { textOfHtml } from './text-of-html.ts';

/** One mail with all that it consists of, for each provider to write in its own format. */
export interface ComposedEmail {
  from: Mailbox;
  /** No address stands twice in these three together. */
  to: Mailbox[];
  cc: Mailbox[];
  bcc: Mailbox[];
  replyTo: Mailbox | undefined;
  subject: string;
  text: string | undefined;
  html: string | undefined;
  messageId: string;
  /** Besides those of the fields above. */
  headers: Record<string, string>;
  /** The content as base64. */
  attachments: { filename: string; contentType: string; content: string }[];
}

/** Nothing in it is left to chance: every try of one event, by whichever provider, is the same mail. */
export function composeEmail(message: EmailMessage, defaultFrom: Mailbox, context: SendContext): ComposedEmail {
  const from = message.from ?? defaultFrom;
  const seen = new Set<string>();
  const unseen = ({ address }: Mailbox): boolean => {
    const key = address.toLowerCase();
    return !seen.has(key) && Boolean(seen.add(key));
  };
  return {
    from,
    to: [message.to].flat().filter(unseen),
    cc: (message.cc ?? []).filter(unseen),
    bcc: (message.bcc ?? []).filter(unseen),
    replyTo: message.replyTo,
    subject: message.subject,
    text: message.text ?? (message.html === undefined ? undefined : textOfHtml(message.html)),
    html: message.html,
    messageId: `<${context.eventId}@${from.address.replace(/.*@/, '')}>`,
    headers: {
      ...message.headers,
      ...unsubscribeHeaders(message.listUnsubscribe),
      'X-Postrider-Event-Id': context.eventId,
    },
    attachments: (message.attachments ?? []).map(({ filename, content, contentType = 'application/octet-stream' }) => ({
      filename,
      contentType,
      content,
    })),
  };
}

/** RFC 2369, 3.2, and RFC 8058: one click, for https alone. */
function unsubscribeHeaders({
  url,
  mailto,
}: NonNullable<EmailMessage['listUnsubscribe']> = {}): Record<string, string> {
  if (url === undefined && mailto === undefined) return {};
  const ways = [url, mailto === undefined ? undefined : `mailto:${mailto}`].filter((way) => way !== undefined);
  return {
    'List-Unsubscribe': ways.map((way) => `<${way}>`).join(', '),
    ...(/^https:/i.test(url ?? '') && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
  };
}

/** What is not to stand in a result's detail. */
export function namesOf(message: EmailMessage): string[] {
  return recipientsOf(message).flatMap(({ name, address }) => [address, address.replace(/@.*/, ''), name]);
}
