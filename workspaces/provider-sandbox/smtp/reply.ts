import type { SMTPServerError } from 'smtp-server';
import type { Behaviour } from '../behaviours/behaviour.ts';

/** The SMTP reply to a mail that is not accepted. Codes with their meaning: RFC 3463. */
export function refusalOf({ action, status, retryAfter }: Behaviour): SMTPServerError {
  if (action === 'reject') return reply(status ?? 550, '5.7.1 the message is refused');
  // SMTP has no Retry-After; the time stands in the text, as large providers do it.
  if (action === 'rate-limit')
    return reply(status ?? 451, `4.7.1 too many messages, retry after ${retryAfter} seconds`);
  return reply(status ?? 451, '4.3.0 temporary failure, try again later');
}

export function unknownMailbox(): SMTPServerError {
  return reply(550, '5.1.1 there is no such mailbox here');
}

function reply(responseCode: number, message: string): SMTPServerError {
  return Object.assign(new Error(message), { responseCode });
}
