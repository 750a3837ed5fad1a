import { AUTH, BAD_RECIPIENT, type Classified, classOfStatus, REJECTED } from './json-api.ts';

export interface SendGridError {
  message: string;
  /** Where in the request the fault is, such as `personalizations.0.to.1.email`. */
  field?: string | null | undefined;
}

const QUOTA: Classified = { errorClass: 'quota', retryable: true };

const RECIPIENT = /^personalizations\.\d+\.(?:to|cc|bcc)(?:\.\d+(?:\.email)?)?$/;

/**
 * SendGrid has no codes of its own: an HTTP status, and errors in words.
 * https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors
 * `ownSender`: the event, and not our settings, says who sends it.
 */
export function classOfSendGridError(
  errors: SendGridError[],
  status: number,
  ownSender: boolean,
): Classified & { error: SendGridError | undefined } {
  const recipient = errors.find(({ field }) => RECIPIENT.test(field ?? ''));
  const [first] = errors;
  switch (status) {
    case 401:
      // https://support.sendgrid.com/hc/en-us/articles/35466138799899
      return /credits exceeded/i.test(first?.message ?? '') ? { ...QUOTA, error: first } : { ...AUTH, error: first };
    case 403:
      // Not a verified sender identity: mended in the settings where they say who sends, else never.
      return { ...(ownSender && first?.field === 'from' ? REJECTED : AUTH), error: first };
    case 404: // no such API: a wrong base address
    case 451: // refused for where the account's data must stay: a wrong region
      return { ...AUTH, error: first };
    default:
      return status < 429 && recipient
        ? { ...BAD_RECIPIENT, error: recipient }
        : { ...classOfStatus(status), error: first };
  }
}
