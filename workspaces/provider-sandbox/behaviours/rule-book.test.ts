import { RuleBook } from './rule-book.ts';

const webhook = (identity: string, recipient = '/webhooks/fail-1') =>
  ({ provider: 'webhook', recipient, identity }) as const;

describe('the rule book', () => {
  it('counts tries for each message and each recipient by itself', () => {
    const book = new RuleBook();
    const actions = [
      webhook('event-1'),
      webhook('event-2'),
      webhook('event-1'),
      webhook('event-1', '/webhooks/fail-1/other'),
      webhook('event-2'),
    ].map((message) => book.decide(message).action);
    expect(actions).toEqual(['fail', 'fail', 'succeed', 'fail', 'succeed']);
  });

  it('tries that a rule decided on do not count as tries of the recipient', () => {
    const book = new RuleBook();
    book.put({ channel: 'webhook', action: 'reject', times: 1 });
    expect([1, 2, 3].map(() => book.decide(webhook('event-1')).action)).toEqual(['reject', 'fail', 'succeed']);
  });

  it('a rule for the same recipients replaces the earlier one and keeps its id', () => {
    const book = new RuleBook();
    const first = book.put({ channel: 'webhook', match: 'a', action: 'fail' });
    book.put({ channel: 'webhook', match: 'b', action: 'fail' });
    const again = book.put({ channel: 'webhook', match: 'a', action: 'drop' });
    expect(again.id).toBe(first.id);
    expect(book.list().map(({ match, action }) => [match, action])).toEqual([
      ['a', 'drop'],
      ['b', 'fail'],
    ]);
  });

  it('a rule for one provider stands beside that for all of the channel', () => {
    const book = new RuleBook();
    book.put({ channel: 'email', action: 'fail' });
    book.put({ channel: 'email', provider: 'mailgun', action: 'drop' });
    const actions = (['sendgrid', 'mailgun'] as const).map(
      (provider) => book.decide({ provider, recipient: 'ann@example.com', identity: '1' }).action,
    );
    expect(actions).toEqual(['fail', 'drop']);
  });

  it('rolls the dice it was given', () => {
    const rolls = [0.1, 0.9, 0.2];
    const book = new RuleBook(() => rolls.shift() ?? 1);
    book.put({ channel: 'webhook', action: 'fail', probability: 0.5 });
    expect([1, 2, 3].map(() => book.decide(webhook('e', '/webhooks/x')).action)).toEqual(['fail', 'succeed', 'fail']);
  });

  it('forgets rules and tries when it is cleared', () => {
    const book = new RuleBook();
    const { id } = book.put({ channel: 'webhook', match: 'x', action: 'fail' });
    book.decide(webhook('event-1'));
    expect(book.remove(id)).toBe(true);
    expect(book.remove(id)).toBe(false);
    book.clear();
    expect(book.decide(webhook('event-1')).action).toBe('fail');
  });
});
