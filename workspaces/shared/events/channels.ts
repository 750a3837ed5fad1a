/** Each provider and the channel it serves. A new provider adds its line here and in the dispatcher's registry. */
export const PROVIDERS = {
  smtp: 'email',
  sendgrid: 'email',
  mailgun: 'email',
  twilio: 'sms',
  messagebird: 'sms',
  'email-to-sms': 'sms',
  firebase: 'push',
  onesignal: 'push',
  slack: 'chat',
  discord: 'chat',
  webhook: 'webhook',
} as const;

export type ProviderName = keyof typeof PROVIDERS;
export type Channel = (typeof PROVIDERS)[ProviderName];

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as ProviderName[];
export const CHANNELS = [...new Set(Object.values(PROVIDERS))];

/** The provider of each channel where neither the event nor a setting names one. */
export const DEFAULT_PROVIDERS = {
  email: 'smtp',
  sms: 'twilio',
  push: 'firebase',
  chat: 'slack',
  webhook: 'webhook',
} as const satisfies Record<Channel, ProviderName>;

export function providersOf(channel: Channel): ProviderName[] {
  return PROVIDER_NAMES.filter((name) => PROVIDERS[name] === channel);
}

export const PRIORITIES = ['critical', 'default'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Which dispatchers an event is for next: those of its priority at first, the retry dispatchers later on. */
export const QUEUES = ['critical', 'default', 'retry'] as const;
export type Queue = (typeof QUEUES)[number];
