import { carrierSettings, gatewayOf } from '@postrider/shared/events/carrier-gateways.ts';
import type { SmsMessage } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import type { z } from 'zod';
import type { Provider } from './provider.ts';
import { createSmtpProvider, smtpSettings } from './smtp.ts';

export const emailToSmsSettings = { ...smtpSettings, ...carrierSettings };

/**
 * Text messages as e-mails to the gateway of the phone's carrier, over connections of its own to the configured SMTP server.
 * @returns undefined where SMTP is not configured. @throws ConfigError where it is by half.
 */
export function createEmailToSmsProvider(
  settings: z.output<z.ZodObject<typeof emailToSmsSettings>>,
): Provider<SmsMessage> | undefined {
  const smtp = createSmtpProvider(settings);
  if (!smtp) return undefined;
  return {
    ...smtp,
    destination: () => 'email-to-sms',

    send({ to, text, carrier }, context) {
      if (carrier === undefined) return rejected('a carrier is required');
      const gateway = gatewayOf(carrier, settings.CARRIER_GATEWAYS_FILE);
      if (gateway === undefined) return rejected('no e-mail gateway is known for this carrier');
      // A gateway would put the subject before the text.
      return smtp.send({ to: { name: '', address: addressOf(to, gateway) }, subject: '', text }, context);
    },
  };
}

/** North American gateways take the number without its country code. */
function addressOf(number: string, gateway: string): string {
  return `${number.replace(/^\+(?:1(?=\d{10}$))?/, '')}@${gateway}`;
}

function rejected(detail: string): Promise<SendResult> {
  return Promise.resolve({ outcome: 'failed', errorClass: 'rejected', retryable: false, detail });
}
