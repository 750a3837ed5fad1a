import { commonSettings, port, readSettings, wholeNumber } from '@postrider/shared/service/config.ts';
import { z } from 'zod';

const sandboxSettings = {
  ...commonSettings,
  PORT: port().default(3100),
  SMTP_PORT: port().default(1025),
  /** Arrivals that are kept; the oldest make room. The counts go on beyond it. */
  MAX_RECEIVED: wholeNumber(1, 1_000_000).default(20_000),
  /** What signs the callbacks; see callbacks/call.ts. Those of a provider without a secret are not made. */
  TWILIO_AUTH_TOKEN: z.string().default('sandbox'),
  MESSAGEBIRD_SIGNING_KEY: z.string().optional(),
  MAILGUN_WEBHOOK_SIGNING_KEY: z.string().optional(),
  SENDGRID_WEBHOOK_PRIVATE_KEY: z.string().optional(),
  /** Where SendGrid and Mailgun report to, before their names: http://127.0.0.1:3000/v1/callbacks. */
  SANDBOX_CALLBACK_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
};

export type SandboxSettings = ReturnType<typeof readSandboxSettings>;

/** @throws ConfigError */
export function readSandboxSettings(environment: Record<string, string | undefined> = process.env) {
  return readSettings(sandboxSettings, environment);
}
