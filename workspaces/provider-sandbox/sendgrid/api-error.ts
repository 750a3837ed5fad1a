import type { Behaviour } from '../behaviours/behaviour.ts';
import { type MailSend, recipientsIn } from './mail.ts';

/** An error as SendGrid's API puts it: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors */
export interface ApiError {
  status: number;
  body: { errors: { message: string; field: string | null; help: string | null }[] };
}

export function apiError(status: number, message: string, field: string | null = null): ApiError {
  return { status, body: { errors: [{ message, field, help: null }] } };
}

export const UNAUTHORIZED = apiError(401, 'The provided authorization grant is invalid, expired, or revoked');

const NO_ADDRESS = 'Does not contain a valid address.';

const RESERVED_HEADER =
  /^(?:x-sg-id|x-sg-eid|received|dkim-signature|content-type|content-transfer-encoding|to|from|subject|reply-to|cc|bcc)$/i;

/** What SendGrid itself would refuse, or undefined. */
export function faultIn(mail: MailSend): ApiError | undefined {
  const invalid = (message: string, field: string): ApiError => apiError(400, message, field);
  if (mail.personalizations.length === 0)
    return invalid('You must have at least one personalization.', 'personalizations');
  if (!mail.personalizations.every(({ to }) => to.length > 0)) {
    return invalid('The to array is required for all personalization objects.', 'personalizations.0.to');
  }
  const seen = new Set<string>();
  for (const { field, mailbox } of recipientsIn(mail)) {
    const { email, name = '' } = mailbox;
    // No wire tells who exists; `unknown` stands for an address that SendGrid cannot read.
    if (!/^[^\s@]+@[^\s@]+$/.test(email) || /^unknown(?:\+.*)?@/i.test(email))
      return invalid(NO_ADDRESS, `${field}.email`);
    if (/[,;]/.test(name)) return invalid('The name cannot contain a comma or a semicolon.', `${field}.name`);
    if (seen.has(email.toLowerCase())) {
      return invalid(
        'Each email address in the personalization block should be unique between to, cc, and bcc.',
        'personalizations.0',
      );
    }
    seen.add(email.toLowerCase());
  }
  if (!mail.from || !/^[^\s@]+@[^\s@]+$/.test(mail.from.email)) return invalid(NO_ADDRESS, 'from.email');
  if (!mail.subject) return invalid('The subject is required.', 'subject');
  if (mail.content.length === 0)
    return invalid('Unless a template_id is provided, the content parameter is required.', 'content');
  const empty = mail.content.findIndex(({ value }) => value === '');
  if (empty >= 0)
    return invalid('The content value must be a string at least one character in length.', `content.${empty}.value`);
  const typed = mail.attachments.findIndex(({ type = '' }) => /[;\r\n]/.test(type));
  if (typed >= 0)
    return invalid("The attachment type cannot contain ';', or CRLF characters.", `attachments.${typed}.type`);
  const reserved = Object.keys(mail.headers).find((name) => RESERVED_HEADER.test(name));
  if (reserved) return invalid('The header is reserved.', `headers.${reserved}`);
  return undefined;
}

/** The error of a try that is not to succeed. */
export function refusal({ action, status }: Behaviour): ApiError {
  if (status === 401) return UNAUTHORIZED;
  if (status === 403) return apiError(403, 'The from address does not match a verified Sender Identity.', 'from');
  if (status !== undefined) return apiError(status, 'An error that was asked for');
  if (action === 'rate-limit') return apiError(429, 'too many requests');
  if (action === 'fail') return apiError(500, 'Internal Server Error');
  return apiError(400, 'The content was refused.', 'content');
}
