import { createLogger } from '@postrider/shared/service/logger.ts';
import type { Rule, RuleInput } from './behaviours/behaviour.ts';
import type { Arrival } from './received/arrival.ts';
import type { Counts } from './received/received-store.ts';
import { startSandbox } from './sandbox.ts';

/** A sandbox on ports of its own, and its HTTP interface as a test uses it. */
export async function sandboxInTest(MAX_RECEIVED = 1_000) {
  const settings = { HOST: '127.0.0.1', PORT: 0, SMTP_PORT: 0, MAX_RECEIVED, TWILIO_AUTH_TOKEN: 'sandbox' };
  const sandbox = await startSandbox(settings, createLogger('provider-sandbox', 'silent'));
  const url = `http://127.0.0.1:${sandbox.port}`;
  const json = async (path: string, init?: RequestInit): Promise<unknown> => (await fetch(url + path, init)).json();
  return {
    url,
    smtpPort: sandbox.smtpPort,
    close: sandbox.close,
    received: async (query = '') => ((await json(`/received?${query}`)) as { items: Arrival[] }).items,
    counts: async () => (await json('/received/count')) as Counts,
    behave: async (rule: RuleInput) =>
      (await json('/behaviour', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rule),
      })) as Rule,
    reset: async () => {
      await fetch(`${url}/behaviour`, { method: 'DELETE' });
      await fetch(`${url}/received`, { method: 'DELETE' });
    },
  };
}

export type SandboxInTest = Awaited<ReturnType<typeof sandboxInTest>>;
