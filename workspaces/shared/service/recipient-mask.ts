/** Enough of a recipient to recognise it in a log, too little to use it: `j***@example.com`, `+1202*****55`. */
export function maskRecipient(recipient: string): string {
  const at = recipient.lastIndexOf('@');
  if (at > 0) return `${recipient.slice(0, 1)}***${recipient.slice(at)}`;
  if (recipient.startsWith('+')) {
    return `${recipient.slice(0, 5)}${'*'.repeat(Math.max(0, recipient.length - 7))}${recipient.slice(-2)}`;
  }
  return URL.canParse(recipient) ? new URL(recipient).origin : '***';
}
