/** Enough of a recipient to recognise it in a log, too little to use it: `j***@example.com`, `+1202*****55`. */
export function maskRecipient(recipient: string): string {
  // First of all: a URL's path and query are its secret, and may hold an @.
  if (/^https?:/i.test(recipient)) return URL.canParse(recipient) ? new URL(recipient).origin : '***';
  const at = recipient.lastIndexOf('@');
  if (at > 0) return `${recipient.slice(0, 1)}***${recipient.slice(at)}`;
  if (recipient.startsWith('+')) return maskPhone(recipient);
  return '***';
}

/** Numbers of some countries have seven digits; four of them at least stay hidden. */
function maskPhone(number: string): string {
  const shown = Math.max(0, Math.min(5, number.length - 6));
  return `${number.slice(0, shown)}${'*'.repeat(Math.max(0, number.length - shown - 2))}${number.slice(-2)}`;
}
