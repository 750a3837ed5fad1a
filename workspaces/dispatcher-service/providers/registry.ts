import { PROVIDER_NAMES, type PROVIDERS, type ProviderName } from '@postrider/shared/events/channels.ts';
import type { PAYLOADS, Payload } from '@postrider/shared/events/payloads.ts';
import { ConfigError } from '@postrider/shared/service/config.ts';
import type { z } from 'zod';
import { createDiscordProvider, discordSettings } from './discord.ts';
import { createEmailToSmsProvider, emailToSmsSettings } from './email-to-sms.ts';
import { createFirebaseProvider, firebaseSettings } from './firebase.ts';
import { createMailgunProvider, mailgunSettings } from './mailgun.ts';
import { createMessageBirdProvider, messagebirdSettings } from './messagebird.ts';
import { createOneSignalProvider, onesignalSettings } from './onesignal.ts';
import type { Provider } from './provider.ts';
import { createSendGridProvider, sendgridSettings } from './sendgrid.ts';
import { createSlackProvider, slackSettings } from './slack.ts';
import { createSmtpProvider, smtpSettings } from './smtp.ts';
import { createTwilioProvider, twilioSettings } from './twilio.ts';
import { createWebhookProvider, webhookSettings } from './webhook.ts';

/** The settings of all providers, for the service's config. */
export const providerSettings = {
  ...smtpSettings,
  ...sendgridSettings,
  ...mailgunSettings,
  ...twilioSettings,
  ...messagebirdSettings,
  ...emailToSmsSettings,
  ...firebaseSettings,
  ...onesignalSettings,
  ...slackSettings,
  ...discordSettings,
  ...webhookSettings,
};
export type ProviderSettings = z.output<z.ZodObject<typeof providerSettings>>;

type MessageOf<Name extends ProviderName> = z.output<(typeof PAYLOADS)[(typeof PROVIDERS)[Name]]>;

/** One line for each provider; one that is not configured gives undefined. */
const CREATE: { [Name in ProviderName]: (settings: ProviderSettings) => Provider<MessageOf<Name>> | undefined } = {
  smtp: createSmtpProvider,
  sendgrid: createSendGridProvider,
  mailgun: createMailgunProvider,
  twilio: createTwilioProvider,
  messagebird: createMessageBirdProvider,
  'email-to-sms': createEmailToSmsProvider,
  firebase: createFirebaseProvider,
  onesignal: createOneSignalProvider,
  slack: createSlackProvider,
  discord: createDiscordProvider,
  webhook: createWebhookProvider,
};

/**
 * All providers that are configured. Opens no connection.
 * @throws ConfigError naming what is missing of those that are configured by half.
 */
export function createProviders(settings: ProviderSettings): ReadonlyMap<ProviderName, Provider<Payload>> {
  const providers = new Map<ProviderName, Provider<Payload>>();
  const faults = new Set<string>();
  for (const name of PROVIDER_NAMES) {
    try {
      const provider = CREATE[name](settings);
      // Its messages are of its channel: the ingestion service accepts no other pair of provider and payload.
      if (provider) providers.set(name, provider);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // Those of a server that two providers share are told once.
      for (const fault of error.message.split('\n').slice(1)) faults.add(fault);
    }
  }
  if (faults.size > 0) throw new ConfigError(`faulty settings:\n${[...faults].join('\n')}`);
  return providers;
}
