import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import type { MailPart, NewArrival } from '../received/arrival.ts';

/** What of a mail is kept, apart from the recipient that it is for. */
export type ParsedMail = Omit<NewArrival, 'channel' | 'provider' | 'recipient' | 'providerMessageId' | 'headers'> & {
  headers: Record<string, string | string[]>;
  messageId: string | null;
};

export async function parseMail(source: Buffer, envelopeSender: string): Promise<ParsedMail> {
  const mail = await PostalMime.parse(source);
  const headers = headersOf(mail);
  return {
    sender: addressOf(mail.from) ?? envelopeSender,
    id: mail.headers.find(({ key }) => key === 'x-postrider-event-id' || key === 'x-postrider-event')?.value ?? null,
    messageId: mail.messageId ?? null,
    subject: mail.subject ?? null,
    text: mail.text ?? null,
    html: mail.html ?? null,
    headers,
    body: source.toString('utf8'),
    parts: partsOf(mail),
  };
}

function addressOf(address: Address | undefined): string | undefined {
  return address?.address;
}

/** A name that comes more than once keeps all its values, in order. */
function headersOf(mail: Email): Record<string, string | string[]> {
  const headers = new Map<string, string | string[]>();
  for (const { key, value } of mail.headers) {
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? value : [earlier, value].flat());
  }
  return Object.fromEntries(headers);
}

function partsOf(mail: Email): MailPart[] {
  const body = (type: string, content: string | undefined): MailPart[] =>
    content === undefined ? [] : [{ type, name: null, disposition: null, bytes: Buffer.byteLength(content) }];
  return [
    ...body('text/plain', mail.text),
    ...body('text/html', mail.html),
    ...mail.attachments.map((attachment) => ({
      type: attachment.mimeType,
      name: attachment.filename,
      disposition: attachment.disposition,
      bytes: bytesOf(attachment.content),
    })),
  ];
}

function bytesOf(content: Attachment['content']): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
}
