import { AUTH, BAD_RECIPIENT, type Classified, classOfStatus, RATE_LIMITED } from './json-api.ts';

const QUOTA: Classified = { errorClass: 'quota', retryable: true };

/**
 * Mailgun has no codes of its own: an HTTP status, and a message in words.
 * https://documentation.mailgun.com/docs/mailgun/quickstart-guide/responses
 */
export function classOfMailgunError(message: string, status: number): Classified {
  switch (status) {
    case 400:
      return /\b(?:to|cc|bcc)\b'? parameter is not a valid address/i.test(message)
        ? BAD_RECIPIENT
        : classOfStatus(status);
    case 402: // Payment Required
      return QUOTA;
    case 403:
      // The domain, or the account, is not allowed to send: unverified, disabled, or of a plan that allows no more.
      return /limit|quota|exceeded/i.test(message) ? QUOTA : AUTH;
    case 404: // no such domain in this account, or in this region
      return AUTH;
    case 420: // the domain's recipients of an hour: https://github.com/mailgun/mailgun-java/issues/50
      return RATE_LIMITED;
    default:
      return classOfStatus(status);
  }
}

/** `… limit exceeded, try again after Mon, 25 Aug 2025 07:00:31 UTC`: milliseconds from now until then. */
export function waitInWords(message: string, now: number): number | undefined {
  const [, moment = ''] =
    /try again after (\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d (?:UTC|GMT))/i.exec(message) ?? [];
  const at = Date.parse(moment);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
