import { z } from 'zod';
import { authSettings } from './api-keys.ts';
import {
  commonSettings,
  ConfigError,
  kafkaSettings,
  list,
  mongoSettings,
  readSettings,
  wholeNumber,
} from './config.ts';

const shape = { ...commonSettings, ...kafkaSettings, ...mongoSettings };
const good = { PORT: '3000', KAFKA_BROKERS: 'a:9092', MONGODB_URI: 'mongodb://localhost' };

/** The lines of the message that a start with these settings ends with. */
function faultsOf(environment: Record<string, string | undefined>, settings: z.ZodRawShape = shape): string[] {
  try {
    readSettings(settings, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first, ...faults] = error.message.split('\n');
    expect(first).toBe('faulty settings:');
    return faults.map((line) => line.trim());
  }
  return [];
}

describe('the settings of a service', () => {
  it('are complete with what cannot be guessed: the rest has defaults', () => {
    expect(readSettings(shape, good)).toEqual({
      PORT: 3000,
      HOST: '0.0.0.0',
      LOG_LEVEL: 'info',
      STOP_TIMEOUT_MS: 25_000,
      KAFKA_BROKERS: ['a:9092'],
      KAFKA_PREFIX: '',
      KAFKA_PARTITIONS: 4,
      KAFKA_REPLICATION_FACTOR: 1,
      KAFKA_SSL: 'off',
      MONGODB_URI: 'mongodb://localhost',
      MONGODB_DB_NAME: 'postrider',
    });
  });

  it('take an empty variable for one that is not set, as compose files leave them', () => {
    expect(readSettings(shape, { ...good, LOG_LEVEL: '', HOST: '' })).toMatchObject({
      LOG_LEVEL: 'info',
      HOST: '0.0.0.0',
    });
    expect(faultsOf({ ...good, MONGODB_URI: '' })).toEqual(['MONGODB_URI: is required']);
  });

  it('leave alone what is not theirs in the environment', () => {
    expect(readSettings(shape, { ...good, PATH: '/bin' })).not.toHaveProperty('PATH');
  });

  it('stop the start with every fault at once, each with the name of its variable', () => {
    const faults = faultsOf({ PORT: '70000', KAFKA_BROKERS: 'nowhere', KAFKA_PARTITIONS: 'four', LOG_LEVEL: 'loud' });
    const names = faults.map((fault) => fault.split(':')[0]);
    expect(new Set(names)).toEqual(new Set(['KAFKA_BROKERS', 'KAFKA_PARTITIONS', 'LOG_LEVEL', 'MONGODB_URI', 'PORT']));
    expect(faults).toContain('MONGODB_URI: is required');
    expect(faults).toContain('KAFKA_PARTITIONS: must be a whole number');
  });

  it('never show a value in a fault: it could be a password', () => {
    const secret = 'hunter2-hunter2';
    const every = { ...shape, ...authSettings, LIMIT: wholeNumber(1, 9), CODE: z.string().regex(/^\d+$/) };
    const faults = faultsOf(Object.fromEntries(Object.keys(every).map((name) => [name, secret])), every);
    expect(faults.length).toBeGreaterThan(8);
    expect(faults.join('\n')).not.toContain('hunter2');
  });
});

describe('a list', () => {
  it('is written with commas, and blanks around its parts do not count', () => {
    const settings = readSettings(shape, { ...good, KAFKA_BROKERS: ' a:1 ,b:2,, ' });
    expect(settings.KAFKA_BROKERS).toEqual(['a:1', 'b:2']);
  });

  it('of brokers must name one at least', () => {
    expect(faultsOf({ ...good, KAFKA_BROKERS: ' , ' })).toHaveLength(1);
  });

  it('tells one fault for several wrong parts of the same kind', () => {
    expect(faultsOf({ NAMES: 'a,b' }, { NAMES: list(z.string().regex(/^\d$/, 'must be a digit')) })).toEqual([
      'NAMES: must be a digit',
    ]);
  });
});

describe('a whole number', () => {
  const read = (text: string): unknown => readSettings({ N: wholeNumber(-5, 5) }, { N: text }).N;

  it.each([
    ['-5', -5],
    ['0', 0],
    ['5', 5],
  ])('may be %s, the bounds included', (text, number) => expect(read(text)).toBe(number));

  it.each(['6', '-6', '1.5', '1e1', '0x1', '1_0', ' 1', '٣', 'Infinity', '99999999999999999999999'])(
    'cannot be %j',
    (text) => expect(() => read(text)).toThrow(ConfigError),
  );
});
