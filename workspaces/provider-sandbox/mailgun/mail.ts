import { addressParser } from 'postal-mime';
import type { ParsedMail } from '../smtp/mail.ts';

/** The addresses that a parameter of Mailgun's names: it may come several times, and with several addresses each. */
export function addressesIn(form: FormData, name: 'from' | 'to' | 'cc' | 'bcc'): string[] {
  return form.getAll(name).flatMap((value) => addressParser(textIn(value)).map(({ address = '' }) => address));
}

/** The mail as its reader gets it: nobody sees who stands in bcc. */
export function parsedMail(form: FormData, source: string): ParsedMail {
  const one = (name: string): string | null => (form.has(name) ? textIn(form.get(name)) : null);
  const list = (name: string): string => form.getAll(name).map(textIn).join(', ');
  const headers: Record<string, string> = { from: list('from'), to: list('to'), subject: one('subject') ?? '' };
  if (form.has('cc')) headers['cc'] = list('cc');
  const variables: Record<string, string> = {};
  for (const [name, value] of form) {
    if (name.startsWith('h:')) headers[name.slice(2).toLowerCase()] = textIn(value);
    if (name.startsWith('v:')) variables[name.slice(2)] = textIn(value);
  }
  if (Object.keys(variables).length > 0) headers['x-mailgun-variables'] = JSON.stringify(variables);
  const text = one('text');
  const html = one('html');
  return {
    sender: addressesIn(form, 'from')[0] ?? null,
    id: variables['eventId'] ?? null,
    messageId: headers['message-id'] ?? null,
    subject: one('subject'),
    text,
    html,
    headers,
    body: source,
    parts: [
      ...bodyPart('text/plain', text),
      ...bodyPart('text/html', html),
      ...form
        .getAll('attachment')
        .filter((file) => typeof file !== 'string')
        .map(({ name, type, size }) => ({ type, name, disposition: 'attachment', bytes: size })),
    ],
  };
}

function bodyPart(type: string, content: string | null) {
  return content === null ? [] : [{ type, name: null, disposition: null, bytes: Buffer.byteLength(content) }];
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
