import { readFileSync } from 'node:fs';
import { CHANNELS, PROVIDER_NAMES, PROVIDERS, type ProviderName } from '@postrider/shared/events/channels.ts';
import { ERROR_CLASSES } from '@postrider/shared/events/send-result.ts';
import { ConfigError } from '@postrider/shared/service/config.ts';
import { backoff } from '../decisions/backoff.ts';
import { failoverFor } from './failover.ts';
import { parseRules, policyFor } from './rules.ts';

const head = `
defaults: { maxAttempts: 6, baseBackoff: 2s, maxBackoff: 10m, maxRetryAfter: 1h }
onUnknownOutcome: { email: resend, sms: hold, push: resend, chat: resend, webhook: resend }
`;
const parse = (rules: string) => parseRules(`${head}${rules}`, 'rules.yaml');

/** The lines of the message that a start with this file ends with. */
function faultsOf(text: string): string[] {
  try {
    parseRules(text, 'rules.yaml');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first, ...faults] = error.message.split('\n');
    expect(first).toMatch(/^faulty rules in rules\.yaml:/);
    return faults.map((fault) => fault.trim());
  }
  return [];
}

describe('the rules that Postrider comes with', () => {
  const shipped = parseRules(readFileSync(`${import.meta.dirname}/default-rules.yaml`, 'utf8'), 'default-rules.yaml');

  it('hold a text message whose outcome is unknown, and send the others again', () => {
    expect(shipped.onUnknownOutcome).toEqual({
      email: 'resend',
      sms: 'hold',
      push: 'resend',
      chat: 'resend',
      webhook: 'resend',
    });
  });

  it('try reminders again as the event notification API did that Postrider replaces', () => {
    const failing = { channel: 'email', provider: 'smtp', errorClass: 'network', type: 'reminder.custom' } as const;
    const policy = { maxAttempts: 4, baseBackoff: 30_000, maxBackoff: 120_000, jitter: 'none' };
    expect(policyFor(shipped, failing)).toMatchObject(policy);
  });

  it.each([
    ['email', 'sendgrid', 'task.send-email'],
    ['email', 'smtp', 'task.send-async'],
    ['sms', 'email-to-sms', 'task.send-sms'],
  ] as const)(
    'try %s by %s of %s three times more, 10 s apart, as the e-mail and SMS service did',
    (channel, provider, type) => {
      const policy = policyFor(shipped, { channel, provider, type, errorClass: 'network' });
      expect(policy.maxAttempts).toBe(4);
      expect([1, 2, 3].map((tries) => backoff(policy, tries, 0.5))).toEqual([10_000, 10_000, 10_000]);
    },
  );

  it('fail over as the event dispatch did that Postrider replaces', () => {
    const chains = PROVIDER_NAMES.flatMap((provider) => {
      const found = failoverFor(shipped, { channel: PROVIDERS[provider], provider }, 'network');
      return found ? [[provider, found.after, found.to]] : [];
    });
    expect(chains).toEqual([
      ['sendgrid', 3, 'mailgun'],
      ['twilio', 3, 'messagebird'],
      ['firebase', 2, 'onesignal'],
    ]);
    const bases = ['firebase', 'onesignal', 'twilio', 'messagebird', 'sendgrid', 'mailgun'] as const;
    expect(
      bases.map(
        (provider) => policyFor(shipped, { channel: PROVIDERS[provider], provider, errorClass: 'network' }).baseBackoff,
      ),
    ).toEqual([2_000, 3_000, 1_000, 2_000, 1_500, 5_000]);
  });

  it('give every channel, provider and error class a sensible policy', () => {
    for (const [provider, channel] of Object.entries(PROVIDERS)) {
      for (const errorClass of ERROR_CLASSES) {
        const policy = policyFor(shipped, { channel, provider: provider as ProviderName, errorClass });
        expect(policy.maxAttempts).toBeGreaterThan(1);
        expect(policy.baseBackoff).toBeGreaterThanOrEqual(1_000);
        expect(policy.maxBackoff).toBeGreaterThan(policy.baseBackoff);
        expect(policy.maxRetryAfter).toBeGreaterThan(0);
      }
    }
    expect(new Set(Object.values(PROVIDERS))).toEqual(new Set(CHANNELS));
  });
});

describe('the policy for a failed attempt', () => {
  const attempt = { channel: 'sms', provider: 'twilio', errorClass: 'network' } as const;

  it('is that of the first rule that matches and says it', () => {
    const rules = parse(`
rules:
  - match: { channel: email }
    maxAttempts: 1
  - match: { channel: sms, errorClass: [network, timeout] }
    maxAttempts: 2
  - match: { provider: twilio }
    maxAttempts: 3
  - match: {}
    maxAttempts: 4
`);
    expect(policyFor(rules, attempt).maxAttempts).toBe(2);
    expect(policyFor(rules, { ...attempt, errorClass: 'timeout' }).maxAttempts).toBe(2);
    expect(policyFor(rules, { ...attempt, errorClass: 'auth' }).maxAttempts).toBe(3);
    expect(policyFor(rules, { channel: 'webhook', provider: 'webhook', errorClass: 'auth' }).maxAttempts).toBe(4);
  });

  it('may depend on the type of the typed event: one, or all that begin alike', () => {
    const rules = parse(`
rules:
  - match: { type: reminder.* }
    maxAttempts: 1
  - match: { type: [payment.failed, custom] }
    maxAttempts: 2
`);
    const attemptsOf = (type?: string) => policyFor(rules, { ...attempt, ...(type && { type }) }).maxAttempts;
    expect(['reminder.custom', 'reminder', 'reminders.x', 'custom', 'custom.x', undefined].map(attemptsOf)).toEqual([
      1, 6, 6, 2, 6, 6,
    ]);
  });

  it('is that of the defaults where no rule matches, or where the rule leaves something out', () => {
    const rules = parse(`
rules:
  - match: { channel: sms }
    baseBackoff: 500ms
`);
    expect(policyFor(rules, attempt)).toEqual({
      maxAttempts: 6,
      baseBackoff: 500,
      maxBackoff: 600_000,
      maxRetryAfter: 3_600_000,
      jitter: 'full',
    });
    const more = parse(
      'rules: [{ match: { errorClass: network }, maxAttempts: 2 }, { match: { channel: sms }, maxAttempts: 3, baseBackoff: 1s }]',
    );
    expect(policyFor(more, attempt)).toMatchObject({ maxAttempts: 2, baseBackoff: 1_000 });
    expect(policyFor(parse(''), attempt)).toMatchObject({ maxAttempts: 6, baseBackoff: 2_000 });
  });

  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
  ])('has times as people write them: %s', (text, ms) => {
    expect(policyFor(parse(`rules: [{ match: {}, maxBackoff: ${text} }]`), attempt).maxBackoff).toBe(ms);
  });
});

test('a channel that a file does not name resends what may have been sent, but for text messages', () => {
  const { onUnknownOutcome } = parseRules(
    '{ defaults: { maxAttempts: 1, baseBackoff: 1s, maxBackoff: 1s, maxRetryAfter: 1s }, onUnknownOutcome: { email: hold } }',
    'rules.yaml',
  );
  expect(onUnknownOutcome).toEqual({ email: 'hold', sms: 'hold', push: 'resend', chat: 'resend', webhook: 'resend' });
});

describe('a faulty file of rules', () => {
  it('has every fault told with its place', () => {
    const faults = faultsOf(`
defaults: { maxAttempts: 0, baseBackoff: 2 seconds, maxBackoff: 10 }
onUnknownOutcome: { email: resend, sms: keep }
rules:
  - match: { channel: pigeon }
  - match: { errorClass: [network, gremlins] }
    maxAttempts: many
  - maxAttempts: 3
  - match: { provider: [sendgrid, twilio] }
    failover: { to: mailgun }
  - match: { errorClass: network }
    failover: { to: mailgun }
  - match: { provider: sendgrid }
    failover: { to: pigeon }
`);
    expect(new Set(faults.map((fault) => fault.split(':')[0]))).toEqual(
      new Set([
        'defaults.maxAttempts',
        'defaults.baseBackoff',
        'defaults.maxBackoff',
        'defaults.maxRetryAfter',
        'onUnknownOutcome.sms',
        'rules.0.match.channel',
        'rules.1.match.errorClass',
        'rules.1.maxAttempts',
        'rules.2.match',
        'rules.3.failover.to',
        'rules.4.failover.to',
        'rules.5.failover',
      ]),
    );
  });

  it('has a misspelt name told, which would otherwise be a rule that does nothing', () => {
    const faults = faultsOf(`${head}\nretries: 3\nrules:\n  - match: { chanel: sms }\n    maxAttempt: 3`);
    expect(faults).toHaveLength(3);
    expect(faults.join('\n')).toMatch(/retries[\s\S]*chanel[\s\S]*maxAttempt|chanel[\s\S]*maxAttempt[\s\S]*retries/);
  });

  it.each(['', 'null', '[]', 'just text', '42'])('that holds no rules at all is refused: %j', (text) => {
    expect(() => parseRules(text, 'rules.yaml')).toThrow(ConfigError);
  });

  it('that is no YAML is refused, and its name is told', () => {
    expect(() => parseRules('rules: [', 'rules.yaml')).toThrow(/^faulty rules in rules\.yaml: /);
    expect(() => parseRules('a: 1\na: 2', 'rules.yaml')).toThrow(ConfigError);
  });

  it.each(['10', '10 s', '-1s', '1.5s', '1d', 's', '9999999s', '1e3s'])('cannot have the time %s', (text) => {
    expect(() => parse(`rules: [{ match: {}, maxBackoff: '${text}' }]`)).toThrow(
      /rules\.0\.maxBackoff: must be a time/,
    );
  });
});
