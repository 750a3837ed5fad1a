import { parseCondition } from './condition.ts';

const event = {
  type: 'payment.failed',
  to: { email: 'ada@example.com' },
  data: { amount: 100, text: '100', vip: true, nothing: null, country: 'DE', items: [{ price: 3 }] },
};

describe('a condition', () => {
  it.each([
    'to.email exists',
    'to.phone missing',
    'data.nothing missing',
    'data.amount == 100',
    'data.amount >= 100',
    'data.amount < 100.5',
    'data.text == "100"',
    "data.text == '100'",
    'data.vip == true',
    'data.country in [DE, AT]',
    'data.country > DD',
    'data.items.0.price == 3',
    'data.items.length == 1',
    'type == payment.failed',
    'data.missing != 5',
    '  data.amount   !=   5  ',
  ])('holds: %s', (text) => {
    expect(parseCondition(text)(event)).toBe(true);
  });

  it.each([
    'to.phone exists',
    'data.constructor exists',
    'data.__proto__ exists',
    'data.amount == "100"',
    'data.text > 5',
    'data.vip > 0',
    'data.missing == 5',
    'data.missing < 5',
    'data.missing >= 5',
    'data.country in [FR]',
    'data.nothing exists',
    'data.amount.x.y exists',
  ])('does not hold: %s', (text) => {
    expect(parseCondition(text)(event)).toBe(false);
  });

  it.each([
    '',
    'data.amount',
    'data.amount = 5',
    'amount > 5',
    'data > 5',
    'data.amount > [5]',
    'data.amount in 5',
    'data.amount in []',
    'process.exit() exists',
    'data.amount > 5 and data.vip == true; x: [',
    'data.x == {a: 1}',
    'data.x == null',
  ])('is refused: %j', (text) => {
    expect(() => parseCondition(text)).toThrow(Error);
  });
});
