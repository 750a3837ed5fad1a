import type { Rule } from './behaviour.ts';
import { type Circumstances, decide } from './decision.ts';
import { magicOf } from './magic-recipient.ts';

const mail = { provider: 'sendgrid', recipient: 'ann@example.com' } as const;
const nothing: Circumstances = { rules: [], magic: undefined, earlierTries: 0, random: () => 0.5 };
const rule = (fields: Partial<Rule>): Rule => ({ id: 1, used: 0, channel: 'email', action: 'fail', ...fields });
const actionWith = (circumstances: Partial<Circumstances>): string =>
  decide(mail, { ...nothing, ...circumstances }).behaviour.action;

describe('deciding on one try', () => {
  it('succeeds when nothing says otherwise', () => {
    expect(decide(mail, nothing)).toEqual({ behaviour: { action: 'succeed', delayMs: 0 }, decidedBy: 'nothing' });
  });

  it('the first rule for the message decides', () => {
    expect(actionWith({ rules: [rule({ action: 'drop' }), rule({ action: 'reject' })] })).toBe('drop');
  });

  it('a rule is for its own channel and recipients only', () => {
    expect(actionWith({ rules: [rule({ channel: 'sms' })] })).toBe('succeed');
    expect(actionWith({ rules: [rule({ match: 'bob@' })] })).toBe('succeed');
    expect(actionWith({ rules: [rule({ match: '@example.com' })] })).toBe('fail');
  });

  it('a rule for one provider is for none of the others of its channel', () => {
    expect(actionWith({ rules: [rule({ provider: 'sendgrid' })] })).toBe('fail');
    expect(actionWith({ rules: [rule({ provider: 'mailgun' })] })).toBe('succeed');
  });

  it('a rule ends when it has been used as often as it may', () => {
    expect(actionWith({ rules: [rule({ times: 2, used: 1 })] })).toBe('fail');
    expect(actionWith({ rules: [rule({ times: 2, used: 2 })] })).toBe('succeed');
  });

  it('a rule with a probability decides on its share only', () => {
    expect(actionWith({ rules: [rule({ probability: 0.6 })] })).toBe('fail');
    expect(actionWith({ rules: [rule({ probability: 0.5 })] })).toBe('succeed');
  });

  it('a rule overrides what the recipient asks for, which stands again once the rule has ended', () => {
    const magic = magicOf('email', 'reject@example.com');
    expect(actionWith({ magic, rules: [rule({ action: 'succeed' })] })).toBe('succeed');
    expect(actionWith({ magic, rules: [rule({ action: 'succeed', times: 1, used: 1 })] })).toBe('reject');
  });

  it('a recipient that fails twice succeeds at the third try', () => {
    const magic = magicOf('email', 'fail-2@example.com');
    expect([0, 1, 2, 3].map((earlierTries) => actionWith({ magic, earlierTries }))).toEqual([
      'fail',
      'fail',
      'succeed',
      'succeed',
    ]);
  });

  it('hands on delay, status and waiting time of a rule', () => {
    const { behaviour } = decide(mail, { ...nothing, rules: [rule({ delayMs: 5, status: 503, retryAfter: 7 })] });
    expect(behaviour).toEqual({ action: 'fail', delayMs: 5, status: 503, retryAfter: 7 });
  });
});
