/** Each provider and the channel it serves. A new provider adds its line here and in the dispatcher's registry. */
export const PROVIDERS = {
  smtp: 'email',
  sendgrid: 'email',
  mailgun: 'email',
  twilio: 'sms',
  webhook: 'webhook',
} as const;

export type ProviderName = keyof typeof PROVIDERS;
export type Channel = (typeof PROVIDERS)[ProviderName];

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as ProviderName[];
export const CHANNELS = [...new Set(Object.values(PROVIDERS))];

export const PRIORITIES = ['critical', 'default'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Which dispatchers an event is for next: those of its priority at first, the retry dispatchers later on. */
export const QUEUES = ['critical', 'default', 'retry'] as const;
export type Queue = (typeof QUEUES)[number];
