import type { Behaviour } from '../behaviours/behaviour.ts';

/** An error as Twilio's API puts it: https://www.twilio.com/docs/api/errors */
export interface ApiError {
  code: number;
  message: string;
  more_info: string;
  status: number;
}

export function apiError(status: number, code: number, message: string): ApiError {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}

export const AUTHENTICATE = apiError(401, 20003, 'Authenticate');

const invalidTo = (to: string): ApiError => apiError(400, 21211, `Invalid 'To' Phone Number: ${maskEnd(to)}`);

/** What Twilio itself would refuse, or undefined. */
export function faultIn(message: { To: string; Body: string; From: string; MessagingServiceSid: string }) {
  if (!message.To) return apiError(400, 21604, "A 'To' phone number is required.");
  if (!/^\+[1-9]\d{6,14}$/.test(message.To)) return invalidTo(message.To);
  if (!message.From && !message.MessagingServiceSid) return apiError(400, 21603, "A 'From' phone number is required.");
  if (!message.Body) return apiError(400, 21602, 'Message body is required.');
  if (message.Body.length > 1_600) {
    return apiError(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  }
  return undefined;
}

/** The error of a try that is not to succeed. */
export function refusal({ action, status }: Behaviour, to: string): ApiError {
  if (status !== undefined) return apiError(status, 20_000 + status, 'An error that was asked for');
  if (action === 'rate-limit') return apiError(429, 20429, 'Too Many Requests');
  if (action === 'fail') return apiError(500, 20500, 'An internal server error has occurred');
  // Twilio's own test numbers: https://www.twilio.com/docs/iam/test-credentials
  if (to === '+15005550004') return apiError(400, 21610, 'Attempt to send to unsubscribed recipient');
  if (to === '+15005550009') return apiError(400, 21614, "'To' number is not a valid mobile number");
  return invalidTo(to);
}

const maskEnd = (number: string): string => number.replace(/.{1,4}$/, (end) => 'X'.repeat(end.length));
