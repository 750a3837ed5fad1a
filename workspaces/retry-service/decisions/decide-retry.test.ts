import { PROVIDER_NAMES } from '@postrider/shared/events/channels.ts';
import { ERROR_CLASSES } from '@postrider/shared/events/send-result.ts';
import { parseRules } from '../rules/rules.ts';
import { decideRetry } from './decide-retry.ts';

const now = new Date('2030-01-31T09:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);

const rules = parseRules(
  `
defaults: { maxAttempts: 3, baseBackoff: 10s, maxBackoff: 10m, maxRetryAfter: 1h }
onUnknownOutcome: { email: resend, sms: hold, push: resend, chat: resend, webhook: resend }
rules:
  - match: { errorClass: rate_limited }
    maxAttempts: 5
  - match: { provider: twilio }
    baseBackoff: 1s
`,
  'test.yaml',
);

const all = new Set(PROVIDER_NAMES);
const sms = { channel: 'sms', provider: 'twilio', tries: 1 } as const;
const webhook = { channel: 'webhook', provider: 'webhook', tries: 1 } as const;

describe('a failed attempt', () => {
  it('is repeated after the backoff of the rule that matches', () => {
    expect(decideRetry(rules, webhook, { errorClass: 'network', retryable: true }, all, now, 0)).toEqual({
      action: 'retry',
      at: later(1_000),
    });
    expect(decideRetry(rules, sms, { errorClass: 'network', retryable: true }, all, now, 0)).toEqual({
      action: 'retry',
      at: later(100),
    });
  });

  it('is repeated later each time', () => {
    const second = { ...webhook, tries: 2 };
    expect(decideRetry(rules, second, { errorClass: 'network', retryable: true }, all, now, 0)).toEqual({
      action: 'retry',
      at: later(2_000),
    });
  });

  it('is not repeated before the time that the provider asked for', () => {
    const attempt = { errorClass: 'rate_limited', retryable: true, retryAfterMs: 90_000 } as const;
    expect(decideRetry(rules, sms, attempt, all, now, 0)).toEqual({ action: 'retry', at: later(90_000) });
  });

  it('makes its event a dead letter, exhausted, when there were as many as the rule allows', () => {
    const attempt = { errorClass: 'network', retryable: true } as const;
    const decisions = [1, 2, 3, 4].map((tries) => decideRetry(rules, { ...webhook, tries }, attempt, all, now, 0));
    expect(decisions.map(({ action }) => action)).toEqual(['retry', 'retry', 'give up', 'give up']);
    expect(decisions[2]).toEqual({ action: 'give up', reason: 'exhausted', errorClass: 'network' });
  });

  it('may be repeated more often under another rule, from the same event', () => {
    const attempt = { errorClass: 'rate_limited', retryable: true } as const;
    expect(decideRetry(rules, { ...sms, tries: 4 }, attempt, all, now, 0).action).toBe('retry');
    expect(decideRetry(rules, { ...sms, tries: 5 }, attempt, all, now, 0).action).toBe('give up');
  });

  it.each(ERROR_CLASSES.filter((name) => name !== 'unknown_outcome'))(
    'that cannot succeed makes its event a dead letter at once: %s',
    (errorClass) => {
      expect(decideRetry(rules, sms, { errorClass, retryable: false, retryAfterMs: 1 }, all, now, 0)).toEqual({
        action: 'give up',
        reason: errorClass === 'suppressed' ? 'suppressed' : 'rejected',
        errorClass,
      });
    },
  );
});

describe('an attempt that was sent and never answered', () => {
  const attempt = { errorClass: 'unknown_outcome', retryable: true } as const;

  it('is held for a person where a second message costs money', () => {
    expect(decideRetry(rules, sms, attempt, all, now, 0)).toEqual({
      action: 'give up',
      reason: 'unknown_outcome',
      errorClass: 'unknown_outcome',
    });
  });

  it('is held whatever else is known of it', () => {
    for (const retryable of [true, false]) {
      const decision = decideRetry(rules, { ...sms, tries: 9 }, { ...attempt, retryable }, all, now, 0);
      expect(decision).toMatchObject({ action: 'give up', reason: 'unknown_outcome' });
    }
  });

  it('is repeated where the receiver can tell a second arrival by its key', () => {
    expect(decideRetry(rules, webhook, attempt, all, now, 0)).toEqual({ action: 'retry', at: later(1_000) });
    expect(decideRetry(rules, { ...webhook, tries: 3 }, attempt, all, now, 0)).toMatchObject({ reason: 'exhausted' });
  });

  it('is what a failure counts as of which nothing was recorded', () => {
    expect(decideRetry(rules, sms, {}, all, now, 0)).toMatchObject({ action: 'give up', reason: 'unknown_outcome' });
    expect(decideRetry(rules, webhook, {}, all, now, 0)).toMatchObject({ action: 'retry' });
  });
});
