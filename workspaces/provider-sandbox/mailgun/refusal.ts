import type { Behaviour } from '../behaviours/behaviour.ts';
import { addressesIn, textIn } from './mail.ts';

/** https://documentation.mailgun.com/docs/mailgun/quickstart-guide/responses */
export interface Refusal {
  status: number;
  message: string;
}

const MAX_OPTION_BYTES = 16_384;

/** What Mailgun itself would refuse, or undefined. */
export function faultIn(form: FormData): Refusal | undefined {
  const invalid = (message: string): Refusal => ({ status: 400, message });
  for (const name of ['from', 'to'] as const) if (!form.has(name)) return invalid(`${name} parameter is missing`);
  for (const name of ['from', 'to', 'cc', 'bcc'] as const) {
    // No wire tells who exists; `unknown` stands for an address that Mailgun cannot read.
    const isValid = (address: string) => /^[^\s@]+@[^\s@]+$/.test(address) && !/^unknown(?:\+.*)?@/i.test(address);
    const addresses = addressesIn(form, name);
    if ((form.has(name) && addresses.length === 0) || !addresses.every(isValid)) {
      return invalid(`'${name}' parameter is not a valid address. please check documentation`);
    }
  }
  if (!form.get('text') && !form.get('html')) {
    return invalid("Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified");
  }
  const options = [...form].filter(([name]) => /^[hvo]:/.test(name));
  const bytes = options.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + textIn(value)), 0);
  if (bytes > MAX_OPTION_BYTES) {
    return invalid('Send options (parameters starting with o:, h:, or v:) are limited to 16 kB total');
  }
  return undefined;
}

/** The error of a try that is not to succeed. */
export function refusalOf({ action, status }: Behaviour, domain: string): Refusal {
  if (status === 403) return { status, message: `Domain ${domain} is not allowed to send: The domain is unverified` };
  if (status !== undefined) return { status, message: 'An error that was asked for' };
  if (action === 'rate-limit') return { status: 429, message: 'Too many requests' };
  if (action === 'fail') return { status: 500, message: 'Internal Server Error' };
  return { status: 400, message: 'The message was refused' };
}
