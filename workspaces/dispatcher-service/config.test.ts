import { ConfigError } from '@postrider/shared/service/config.ts';
import { readConfig } from './config.ts';

const required = { KAFKA_BROKERS: 'kafka:9092', MONGODB_URI: 'mongodb://db', DISPATCHER_ROLE: 'default' };
const rates = (text: string) => readConfig({ ...required, RATE_LIMITS: text }).RATE_LIMITS;

describe('the rates of accounts', () => {
  it('are none where nothing is said', () => {
    expect(readConfig(required).RATE_LIMITS).toEqual(new Map());
  });

  it('are messages a second by provider', () => {
    expect(rates('twilio=10, sendgrid=0.5')).toEqual(
      new Map([
        ['twilio', 10],
        ['sendgrid', 0.5],
      ]),
    );
  });

  it.each(['twilio', 'twilio=', 'twilio=fast', 'twilio=0', 'twilio=-1', 'twilio=1e9', 'pigeon=1', 'webhook=1'])(
    'cannot be %p',
    (text) => {
      expect(() => rates(text)).toThrow(ConfigError);
      expect(() => rates(text)).toThrow(/RATE_LIMITS: must be provider=messages a second/);
    },
  );

  it('cannot be two of one provider: which one holds would be a guess', () => {
    expect(() => rates('twilio=10,twilio=20')).toThrow(/RATE_LIMITS: names a provider twice/);
  });
});

describe('the priority for the CPU', () => {
  const nice = (role: string, given = {}) => readConfig({ ...required, DISPATCHER_ROLE: role, ...given }).CPU_NICE;

  it('is the usual one for critical events, and lower for the others', () => {
    expect([nice('critical'), nice('retry'), nice('default')]).toEqual([0, 5, 10]);
  });

  it('can be set for each instance, and not be raised', () => {
    expect(nice('default', { CPU_NICE: '0' })).toBe(0);
    expect(() => nice('default', { CPU_NICE: '-5' })).toThrow(ConfigError);
  });
});

describe('the rest in favour of critical events', () => {
  const rest = (role: string, given = {}) => readConfig({ ...required, DISPATCHER_ROLE: role, ...given }).REST_FACTOR;

  it('is for dispatchers of default events alone, unless they are told otherwise', () => {
    expect([rest('critical'), rest('retry'), rest('default')]).toEqual([0, 0, 10]);
    expect(rest('default', { REST_FACTOR: '0' })).toBe(0);
    expect(() => rest('default', { REST_FACTOR: '101' })).toThrow(ConfigError);
  });
});
