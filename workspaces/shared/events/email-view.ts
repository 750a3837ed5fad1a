import type { EmailMessage, Mailbox } from './payloads.ts';

/** An e-mail as clients wrote it; of attachments what they are, not what is in them. */
export function toEmailView(message: EmailMessage) {
  const { to, from, replyTo, cc, bcc, attachments, ...rest } = message;
  return {
    to: Array.isArray(to) ? to.map(formatMailbox) : formatMailbox(to),
    ...(from && { from: formatMailbox(from) }),
    ...(replyTo && { replyTo: formatMailbox(replyTo) }),
    ...(cc && { cc: cc.map(formatMailbox) }),
    ...(bcc && { bcc: bcc.map(formatMailbox) }),
    ...rest,
    ...(attachments && {
      attachments: attachments.map(({ content, ...attachment }) => ({
        ...attachment,
        bytes: Buffer.byteLength(content, 'base64'),
      })),
    }),
  };
}

function formatMailbox({ name, address }: Mailbox): string {
  return name ? `${name} <${address}>` : address;
}
