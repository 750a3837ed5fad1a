import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** Settings of all services and of the sandbox, with which every provider that can reports what became of its messages. */
export function providerCallbacks(publicUrl: string): Record<string, string> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const callbacks = `${publicUrl}/v1/callbacks`;
  return {
    PUBLIC_URL: publicUrl,
    TWILIO_STATUS_CALLBACK_URL: `${callbacks}/twilio`,
    MESSAGEBIRD_STATUS_CALLBACK_URL: `${callbacks}/messagebird`,
    MESSAGEBIRD_SIGNING_KEY: randomBytes(16).toString('hex'),
    MAILGUN_WEBHOOK_SIGNING_KEY: randomBytes(16).toString('hex'),
    SENDGRID_WEBHOOK_PUBLIC_KEY: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    SENDGRID_WEBHOOK_PRIVATE_KEY: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    SANDBOX_CALLBACK_URL: callbacks,
  };
}
