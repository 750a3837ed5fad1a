import type { ErrorClass } from '@postrider/shared/events/send-result.ts';

export interface SmtpReply {
  /** RFC 5321, 4.2.3. */
  code: number;
  text: string;
  /** What was answered, as nodemailer names it: CONN, EHLO, AUTH PLAIN, MAIL FROM, RCPT TO, DATA … */
  command: string;
}

interface Described extends SmtpReply {
  /** Subject and detail of the enhanced code (RFC 3463), such as `1.1` of `550 5.1.1`; empty where there is none. */
  enhanced: string;
}

type Row = [when: (reply: Described) => boolean, errorClass: ErrorClass, retryable: boolean];

// No standard code means "slower": Gmail says 421 4.7.28, SES 454, others 450 to 452, all of them in words.
const TOO_MANY = /too many|too fast|too much mail|\brate\b|throttl|sending (?:limit|quota)|limit exceeded/i;

// Of a mailbox: unknown, moved, disabled or full. 1.7 and 1.8 are the sender's, 2.3 is the size of the message.
const MAILBOX_STATUS = /^(?:1\.(?:[0-6]|9|10)|2\.[0-24])$/;

const isTemporary = ({ code }: SmtpReply): boolean => code < 500;

/** The first row that fits counts. */
const ROWS: Row[] = [
  [(reply) => isTemporary(reply) && TOO_MANY.test(reply.text), 'rate_limited', true],
  [(reply) => isTemporary(reply) && reply.command.startsWith('AUTH'), 'provider_down', true],
  // 530: authentication required. Wrong credentials are mended without a change to the message.
  [({ command, code }) => command.startsWith('AUTH') || code === 530 || code === 535, 'auth', true],
  // 503: commands out of order; a new connection starts in order.
  [({ code }) => code === 421 || code === 503, 'provider_down', true],
  // Said before the message was mentioned.
  [({ command }) => !/^(?:MAIL|RCPT|DATA)/.test(command), 'provider_down', true],

  // The mailbox is busy, full or greylists us; others at the same server may well be reached.
  [(reply) => isTemporary(reply) && isAboutRecipient(reply), 'bad_recipient', true],
  // Policy: this message is put off, others are not.
  [(reply) => isTemporary(reply) && reply.enhanced.startsWith('7.'), 'rejected', true],
  [isTemporary, 'provider_down', true],

  [isAboutRecipient, 'bad_recipient', false],
];
const LAST_ROW: Row = [() => true, 'rejected', false];

function isAboutRecipient({ code, command, enhanced }: Described): boolean {
  if (command.startsWith('MAIL')) return false;
  if (enhanced) return MAILBOX_STATUS.test(enhanced);
  return command.startsWith('RCPT') && [450, 550, 551, 553].includes(code);
}

const WAIT = /(?:retry|again)\b[^.\d]{0,30}?(\d{1,6}) ?(s|m)(?:ec|in|\b)/i;

export function classOfReply(reply: SmtpReply): { errorClass: ErrorClass; retryable: boolean; retryAfterMs?: number } {
  const enhanced = /^\d{3}[ -][245]\.(\d{1,3}\.\d{1,3})\b/.exec(reply.text)?.[1] ?? '';
  const described = { ...reply, enhanced };
  const [, errorClass, retryable] = ROWS.find(([when]) => when(described)) ?? LAST_ROW;
  const [, amount, unit] = (isTemporary(reply) && WAIT.exec(reply.text)) || [];
  const wait = amount === undefined ? undefined : Number(amount) * (unit?.toLowerCase() === 'm' ? 60_000 : 1_000);
  return { errorClass, retryable, ...(wait !== undefined && { retryAfterMs: wait }) };
}
