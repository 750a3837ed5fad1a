import { mailbox } from '@postrider/shared/events/payloads/mailbox.ts';
import { ConfigError, port, wholeNumber } from '@postrider/shared/service/config.ts';
import { pushPayload } from '@postrider/shared/events/payloads/push.ts';
import { z } from 'zod';

/** Settings of the former systems' endpoints, by the names that they had there where they had one. */
export const integrationSettings = {
  /** Who gets pushes of POST /event that name no token: Firebase's topic and OneSignal's segment of this name. */
  DEFAULT_PUSH_TOPIC: pushPayload.shape.topic,
  /** HS256 key of the tokens that /send-email/, /send-async/ and /send-sms/ are called with. */
  API_KEY: z.string().min(16, 'must have 16 characters at least').optional(),
  /** Credentials of /v1/webhook/events: both or none. */
  BASIC_AUTH_USER: z
    .string()
    .regex(/^[^:]+$/, 'must not contain a colon')
    .optional(),
  BASIC_AUTH_PASSWORD: z.string().min(8, 'must have 8 characters at least').optional(),
  /** Who gets health alerts by e-mail. */
  HEALTH_ALERT_RECEIVER: mailbox.optional(),
  /** Sender of the e-mails of these endpoints that name none; else the provider's own. */
  SENDER_ADDR: mailbox.optional(),
  /** Whose `status` GET /health answers: `ok` (event dispatch) or `OK` (health alerts). */
  HEALTH_FORMAT: z.enum(['event-dispatch', 'health-alerts']).default('event-dispatch'),
  /** How long /send-async/ waits for the provider, in milliseconds. */
  SEND_ASYNC_TIMEOUT_MS: wholeNumber(100, 120_000).default(25_000),
  /** Where the task monitor of the e-mail and SMS endpoints listens; there is none where it is not set. */
  TASK_MONITOR_PORT: port().optional(),
};
export type IntegrationSettings = z.output<z.ZodObject<typeof integrationSettings>>;

/** @throws ConfigError where only one of user and password is given. */
export function requireWholeCredentials({ BASIC_AUTH_USER, BASIC_AUTH_PASSWORD }: IntegrationSettings): void {
  if ((BASIC_AUTH_USER === undefined) !== (BASIC_AUTH_PASSWORD === undefined)) {
    throw new ConfigError('faulty settings:\n  BASIC_AUTH_USER, BASIC_AUTH_PASSWORD: both or none');
  }
}
