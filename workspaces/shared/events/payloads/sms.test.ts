import { toFieldErrors } from '../../errors/validation.ts';
import { smsPayload } from './sms.ts';

const sms = { to: '+12025550123', text: 'Code 1234' };

const pathsOf = (input: unknown): string[] => {
  const { error } = smsPayload.safeParse(input);
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('a text message', () => {
  it.each(['+12025550123', '+4915112345678', '+2901234', '+123456789012345'])('goes to %s', (to) => {
    expect(pathsOf({ ...sms, to })).toEqual([]);
  });

  it.each([
    '2025550123',
    '0012025550123',
    '+0123456789',
    '+1 202 555 0123',
    '+1202',
    '+1234567890123456',
    '+12025550123\n',
    12025550123,
  ])('does not go to %j', (to) => {
    expect(pathsOf({ ...sms, to })).toEqual(['to']);
  });

  it('has between 1 and 1,600 characters, as Twilio takes them', () => {
    expect(pathsOf({ ...sms, text: 'x'.repeat(1_600) })).toEqual([]);
    expect(pathsOf({ ...sms, text: 'x'.repeat(1_601) })).toEqual(['text']);
    expect(pathsOf({ ...sms, text: '' })).toEqual(['text']);
  });

  it('comes from a number, a short code or a name of up to eleven letters', () => {
    for (const from of ['+12025550123', '+12345', 'Postrider', 'Shop 24']) {
      expect(pathsOf({ ...sms, from })).toEqual([]);
    }
    for (const from of ['', 'TwelveLetter', 'a@b', 'x\n']) expect(pathsOf({ ...sms, from })).toEqual(['from']);
  });
});
