import { PROVIDER_NAMES, type ProviderName } from '@postrider/shared/events/channels.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { ERROR_CLASSES, type ErrorClass } from '@postrider/shared/events/send-result.ts';
import * as fc from 'fast-check';
import { parseRules } from '../rules/rules.ts';
import { decideDiversion, decideRetry } from './decide-retry.ts';

const now = new Date('2030-01-31T09:00:00Z');
const all = new Set(PROVIDER_NAMES);
const without = (...names: ProviderName[]) => new Set(PROVIDER_NAMES.filter((name) => !names.includes(name)));
const rulesOf = (rules: string, more = '') =>
  parseRules(
    `
defaults: { maxAttempts: 4, baseBackoff: 1s, maxBackoff: 10m, maxRetryAfter: 1h }
${more}
rules:
${rules}`,
    'test.yaml',
  );

const chain = rulesOf(`
  - match: { provider: sendgrid }
    failover: { to: mailgun, after: 3, atOnce: [auth, quota], whileCircuitOpen: true }
  - match: { provider: mailgun }
    failover: { to: smtp }
  - match: { provider: smtp }
    failover: { to: sendgrid, after: 1, whileCircuitOpen: true }
`);

type Event = Pick<EventDocument, 'channel' | 'provider' | 'tries' | 'formerProviders' | 'formerTries'>;
const email: Event = { channel: 'email', provider: 'sendgrid', tries: 1 };
const decide = (event: Event, errorClass: ErrorClass, { rules = chain, configured = all, retryable = true } = {}) =>
  decideRetry(rules, event, { errorClass, retryable }, configured, now, 0);

describe('failing over', () => {
  it('comes after so many tries with the first provider', () => {
    const decisions = [1, 2, 3].map((tries) => decide({ ...email, tries }, 'network'));
    expect(decisions.map(({ action }) => action)).toEqual(['retry', 'retry', 'fail over']);
    expect(decisions[2]).toEqual({ action: 'fail over', to: 'mailgun' });
  });

  it('comes when its tries are used up, where the rule names no number', () => {
    const second: Event = {
      channel: 'email',
      provider: 'mailgun',
      tries: 6,
      formerTries: 3,
      formerProviders: ['sendgrid'],
    };
    expect(decide(second, 'network')).toMatchObject({ action: 'retry' });
    expect(decide({ ...second, tries: 7 }, 'network')).toEqual({ action: 'fail over', to: 'smtp' });
  });

  it('gives the next provider all of its tries, and the shortest wait to begin with', () => {
    const third = { ...email, tries: 3, formerTries: 3 };
    expect([3, 4, 5].map((tries) => decide({ ...third, tries }, 'network'))).toEqual([
      { action: 'retry', at: new Date(now.getTime() + 100) },
      { action: 'retry', at: new Date(now.getTime() + 100) },
      { action: 'retry', at: new Date(now.getTime() + 200) },
    ]);
  });

  it.each(['auth', 'quota'] as const)('comes at once for what the rule says: %s', (errorClass) => {
    expect(decide({ ...email, tries: 0 }, errorClass)).toEqual({ action: 'fail over', to: 'mailgun' });
  });

  it.each(['bad_recipient', 'unsubscribed', 'rejected'] as const)(
    'does not come for %s: the message is at fault, and another provider would not take it either',
    (errorClass) => {
      expect(decide(email, errorClass, { retryable: false })).toMatchObject({ action: 'give up', reason: 'rejected' });
    },
  );

  it('comes for what cannot be repeated, too, where a rule says so', () => {
    const rules = rulesOf('  - { match: { provider: sendgrid }, failover: { to: mailgun, atOnce: [rejected] } }');
    expect(decide(email, 'rejected', { rules, retryable: false })).toEqual({ action: 'fail over', to: 'mailgun' });
  });

  it('does not come for a text message that may have been sent, unless a rule says so', () => {
    const sms: Event = { channel: 'sms', provider: 'twilio', tries: 5 };
    const careful = rulesOf('  - { match: { provider: twilio }, failover: { to: messagebird, after: 1 } }');
    expect(decide(sms, 'unknown_outcome', { rules: careful })).toMatchObject({ reason: 'unknown_outcome' });
    const bold = rulesOf('  - { match: { channel: sms }, failover: { to: messagebird, atOnce: [unknown_outcome] } }');
    expect(decide(sms, 'unknown_outcome', { rules: bold })).toEqual({ action: 'fail over', to: 'messagebird' });
  });

  it('is kept from an error class by an earlier rule with none', () => {
    const rules = rulesOf(`
  - { match: { errorClass: timeout }, failover: none }
  - { match: { provider: sendgrid }, failover: { to: mailgun, after: 1 } }`);
    expect(decide(email, 'timeout', { rules })).toMatchObject({ action: 'retry' });
    expect(decide(email, 'network', { rules })).toMatchObject({ action: 'fail over' });
  });
});

describe('the next provider', () => {
  it('is the one after it, where no dispatcher has it: nothing is sent where nobody listens', () => {
    const configured = without('mailgun');
    expect(decide({ ...email, tries: 3 }, 'network', { configured })).toEqual({ action: 'fail over', to: 'smtp' });
  });

  it('is none where no dispatcher has any: the event is tried and waits as if there were no failover', () => {
    const configured = without('mailgun', 'smtp');
    expect(decide({ ...email, tries: 3 }, 'network', { configured })).toMatchObject({ action: 'retry' });
    expect(decide({ ...email, tries: 4 }, 'network', { configured })).toMatchObject({ reason: 'exhausted' });
    expect(decideDiversion(chain, email, configured)).toBeUndefined();
  });

  it('is never one that the event has been through, though the rules go round in a circle', () => {
    const third: Event = {
      channel: 'email',
      provider: 'smtp',
      tries: 8,
      formerTries: 7,
      formerProviders: ['sendgrid', 'mailgun'],
    };
    expect(decide(third, 'network')).toMatchObject({ action: 'retry' });
    expect(decide({ ...third, tries: 11 }, 'network')).toMatchObject({ action: 'give up', reason: 'exhausted' });
    expect(decideDiversion(chain, third, all)).toBeUndefined();
  });
});

describe('an open circuit', () => {
  it('sends its events on at once where the rule says so, and lets them wait elsewhere', () => {
    expect(decideDiversion(chain, { ...email, tries: 0 }, all)).toBe('mailgun');
    expect(decideDiversion(chain, { ...email, provider: 'mailgun' }, all)).toBeUndefined();
    expect(decideDiversion(chain, { channel: 'webhook', provider: 'webhook', tries: 0 }, all)).toBeUndefined();
  });
});

describe('wrong credentials', () => {
  it('give nothing up, however often they are refused', () => {
    const last = {
      ...email,
      provider: 'smtp' as const,
      tries: 19,
      formerTries: 7,
      formerProviders: ['sendgrid', 'mailgun'] as ProviderName[],
    };
    expect(decide(last, 'auth')).toMatchObject({ action: 'retry' });
    expect(decide({ ...last, tries: 0, formerTries: 0 }, 'auth')).toMatchObject({ action: 'retry' });
  });
});

describe('whatever fails, and however the rules go round', () => {
  it('an event comes to an end within the limit of attempts in all, through each provider once', () => {
    const rules = rulesOf(
      `
  - { match: { provider: sendgrid }, maxAttempts: 9, failover: { to: mailgun, atOnce: [rate_limited] } }
  - { match: { provider: mailgun }, maxAttempts: 9, failover: { to: smtp, after: 2 } }
  - { match: { provider: smtp }, maxAttempts: 9, failover: { to: sendgrid, after: 1 } }`,
      'maxAttemptsInAll: 12',
    );
    const counted = ERROR_CLASSES.filter((name) => name !== 'auth');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...counted), { minLength: 12, maxLength: 12 }), (failures) => {
        const event = { ...email, tries: 0, formerTries: 0, formerProviders: [] as ProviderName[] };
        for (const errorClass of failures) {
          event.tries += 1;
          const decision = decide(event, errorClass, { rules });
          if (decision.action === 'give up') return;
          if (decision.action === 'fail over') {
            expect([...event.formerProviders, event.provider]).not.toContain(decision.to);
            event.formerProviders.push(event.provider);
            Object.assign(event, { provider: decision.to, formerTries: event.tries });
          }
        }
        throw new Error('twelve failures were not the end');
      }),
    );
  });
});
