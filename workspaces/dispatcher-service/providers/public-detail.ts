const MAX_LENGTH = 200;
const MAILBOX = /[^\s<>()"',;:]+@[^\s<>()"',;]+/g;
// Seven digits and more, as phone numbers have them.
const NUMBER = /\+?\d{7,}/g;

/**
 * A provider's own words as one short line. Providers repeat recipients, and now and then credentials, in their
 * errors: what looks like an address or a number is left out, and so is each of the `hidden` texts.
 */
export function publicDetail(text: string, hidden: string[]): string {
  let line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  for (const secret of hidden) if (secret.length > 2) line = line.replaceAll(secret, '***');
  line = line.replace(MAILBOX, '***').replace(NUMBER, '***');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
