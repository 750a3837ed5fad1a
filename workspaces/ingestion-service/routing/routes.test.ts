import { ConfigError } from '@postrider/shared/service/config.ts';
import { templatesOf } from './routing-in-test.ts';
import { parseRoutes } from './routes.ts';

const templates = templatesOf({ 'payment.failed/sms.liquid': 'x', 'custom/sms.liquid': 'x' });
const sms = { channel: 'sms', template: 'custom' };

const parse = (routes: object) => parseRoutes(JSON.stringify({ routes }), 'routes.yaml', templates);

describe('the route of a type', () => {
  const routes = parse(
    Object.fromEntries(
      ['*', 'payment.*', 'payment.card.*', 'payment.failed', 'pay.*'].map((pattern) => [pattern, { messages: [sms] }]),
    ),
  );

  it.each([
    ['payment.failed', 'payment.failed'],
    ['payment.success', 'payment.*'],
    ['payment.failed.twice', 'payment.*'],
    ['payment.card.expired', 'payment.card.*'],
    ['payment.card.visa.expired', 'payment.card.*'],
    ['payment.card', 'payment.*'],
    ['payment', '*'],
    ['payments.failed', '*'],
    ['constructor', '*'],
  ])('%s is the most specific one: %s', (type, pattern) => {
    expect(routes.find(type)?.pattern).toBe(pattern);
  });

  it('may not exist', () => {
    expect(parse({ 'payment.*': { messages: [sms] } }).find('user.signup')).toBeUndefined();
    expect(parse({ custom: { messages: [sms] } }).find('constructor')).toBeUndefined();
  });
});

describe('a faulty route stops the start', () => {
  it.each([
    [{ 'pay*': { messages: [sms] } }, 'routes.pay*: must be a type'],
    [{ '*.failed': { messages: [sms] } }, 'must be a type'],
    [{ a: { messages: [] } }, 'routes.a.messages'],
    [{ a: { messages: [{ channel: 'fax' }] } }, 'routes.a.messages.0.channel'],
    [{ a: { messages: [{ ...sms, provider: 'smtp' }] } }, 'routes.a.messages.0.provider: does not serve this channel'],
    [{ a: { messages: [{ ...sms, when: 'data.x = 5' }] } }, 'routes.a.messages.0.when.0: must be a path'],
    [{ a: { messages: [{ ...sms, to: 'phone' }] } }, 'routes.a.messages.0.to.0: must be a path'],
    [{ a: { messages: [{ ...sms, to: 'to.phone', address: '+12025550123' }] } }, 'either to or address'],
    [{ a: { messages: [{ channel: 'sms' }] } }, 'routes.a.messages.0.template: there is no a/sms.liquid'],
    [{ 'a.*': { messages: [{ channel: 'email', template: 'custom' }] } }, 'there is no custom/email.liquid'],
    [{ a: { messages: [sms], quietHours: { from: '22', to: '07:00', timeZone: 'UTC' } } }, 'routes.a.quietHours.from'],
    [{ a: { messages: [sms], channels: [] } }, 'routes.a'],
  ])('%j', (routes, fault) => {
    expect(() => parse(routes)).toThrow(ConfigError);
    expect(() => parse(routes)).toThrow(fault);
  });

  it('with its place, where it is no YAML', () => {
    expect(() => parseRoutes('routes: [', 'routes.yaml', templates)).toThrow(/routes\.yaml.*line 1/s);
  });

  it('that is there twice is one of them', () => {
    const text = 'routes:\n  a: { messages: [] }\n  a: { messages: [] }\n';
    expect(() => parseRoutes(text, 'routes.yaml', templates)).toThrow(/unique/);
  });
});
