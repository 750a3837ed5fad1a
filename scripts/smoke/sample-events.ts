export type Channel = 'email' | 'sms' | 'push' | 'chat' | 'webhook';
export type Recipients = Partial<Record<Channel, string | undefined>>;
export interface SampleEvent {
  channel: Channel;
  priority: 'critical' | 'default';
  payload: object;
  metadata: object;
}

/** An event of every channel; of those that have a recipient, when one has. Both priorities are among them. */
export function sampleEvents(recipients: Recipients, sandbox: string, mark: string): SampleEvent[] {
  const named = Object.values(recipients).some((recipient) => recipient !== undefined);
  const to = named ? recipients : sandboxRecipients(sandbox);
  const text = `Postrider, ${mark}: nothing needs to be done.`;
  const payloads: Record<Channel, object> = {
    email: { to: to.email, subject: 'Smoke test', text },
    sms: { to: to.sms, text },
    push: { token: to.push, title: 'Smoke test', body: text },
    chat: { target: to.chat, text },
    webhook: { url: to.webhook, body: { text } },
  };
  return (Object.keys(payloads) as Channel[])
    .filter((channel) => to[channel] !== undefined)
    .map((channel) => ({
      channel,
      priority: channel === 'sms' || channel === 'push' ? 'critical' : 'default',
      payload: payloads[channel],
      metadata: { smokeTest: mark },
    }));
}

function sandboxRecipients(sandbox: string): Recipients {
  return {
    email: 'smoke-test@example.com',
    // A number that nobody has.
    sms: '+12025550123',
    push: 'smoke-test',
    chat: 'default',
    webhook: `${sandbox}/webhooks/smoke-test`,
  };
}
