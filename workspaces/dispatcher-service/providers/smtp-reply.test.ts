import { classOfReply } from './smtp-reply.ts';

const of = (command: string, text: string) => classOfReply({ code: Number(text.slice(0, 3)), text, command });

test.each([
  // Replies of Gmail, Outlook, Postfix, SES, Exim and Sendmail, as they come.
  ['RCPT TO', '550-5.1.1 The email account that you tried to reach does not exist.', 'bad_recipient', false],
  ['RCPT TO', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found', 'bad_recipient', false],
  ['RCPT TO', '550 No such user here', 'bad_recipient', false],
  ['RCPT TO', '553 sorry, that domain is not in my list', 'bad_recipient', false],
  ['RCPT TO', '552 5.2.2 The email account is over quota', 'bad_recipient', false],
  ['RCPT TO', '550 5.7.1 Relaying denied', 'rejected', false],
  ['RCPT TO', '450 4.2.1 The user is receiving mail at a rate that prevents delivery', 'rate_limited', true],
  ['RCPT TO', '452 4.2.2 mailbox full', 'bad_recipient', true],
  ['RCPT TO', '450 mailbox busy', 'bad_recipient', true],
  ['RCPT TO', '451 4.7.1 Greylisting in action, please come back later', 'rejected', true],
  ['MAIL FROM', '553 5.1.8 Sender address rejected: Domain not found', 'rejected', false],
  ['MAIL FROM', '550 not your address', 'rejected', false],
  ['MAIL FROM', '530 5.7.0 Must issue a STARTTLS command first', 'auth', true],
  ['MAIL FROM', '552 5.3.4 Message size exceeds fixed maximum message size', 'rejected', false],
  ['DATA', '554 5.7.1 Message rejected as spam', 'rejected', false],
  ['DATA', '552 5.2.3 message is too large', 'rejected', false],
  ['DATA', '451 4.3.0 Temporary lookup failure', 'provider_down', true],
  ['DATA', '452 4.3.1 Insufficient system storage', 'provider_down', true],
  ['DATA', '454 Throttling failure: Maximum sending rate exceeded.', 'rate_limited', true],
  ['DATA', '503 5.5.1 Bad sequence of commands', 'provider_down', true],
  ['RCPT TO', '421 4.7.28 Our system has detected an unusual rate of unsolicited mail', 'rate_limited', true],
  ['DATA', '421 4.3.2 Service shutting down', 'provider_down', true],
  ['AUTH PLAIN', '535 5.7.8 Username and Password not accepted', 'auth', true],
  ['AUTH LOGIN', '454 4.7.0 Temporary authentication failure', 'provider_down', true],
  ['CONN', '554 No SMTP service here', 'provider_down', true],
  ['EHLO', '502 not implemented', 'provider_down', true],
])('%s: %s is %s, retryable %p', (command, text, errorClass, retryable) => {
  expect(of(command, text)).toEqual({ errorClass, retryable });
});

test.each([
  ['451 4.7.1 too many messages, retry after 3 seconds', 3_000],
  ['450 4.7.0 slow down: too fast, try again in 5 minutes', 300_000],
  ['451 greylisted, please try again later', undefined],
  ['451 4.7.1 Greylisted, try again in 300s', 300_000],
])('the wait of %p is %p ms', (text, wait) => {
  expect(of('DATA', text).retryAfterMs).toBe(wait);
});
