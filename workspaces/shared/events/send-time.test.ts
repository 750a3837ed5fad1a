import { toFieldErrors } from '../errors/validation.ts';
import { eventRequest, newEvent } from './event-request.ts';
import { PAST_REMINDER_MS, sendTimeOf } from './send-time.ts';
import { acceptance } from './store/store-in-test.ts';

const now = new Date('2030-01-01T00:00:00Z');
const at = (fields: object): string | undefined => sendTimeOf(fields, now)?.toISOString();
const sms = { channel: 'sms', payload: { to: '+12025550123', text: 'Hello' } };

const faultsOf = (fields: object): string[] => {
  const { error } = eventRequest.safeParse({ ...sms, ...fields });
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('a reminder', () => {
  it('goes out so many days before its target, at its local time', () => {
    expect(at({ targetDate: '2030-02-10T14:30', leadDays: 7, timeZone: 'Europe/Berlin' })).toBe(
      '2030-02-03T13:30:00.000Z',
    );
    expect(at({ targetDate: '2030-02-10T14:30:15' })).toBe('2030-02-10T14:30:15.000Z');
  });

  it('keeps its local time across a change of daylight saving: a day has 23 hours then', () => {
    const target = { targetDate: '2030-04-02T18:00', timeZone: 'Europe/Berlin' };
    expect(at(target)).toBe('2030-04-02T16:00:00.000Z');
    expect(at({ ...target, leadDays: 7 })).toBe('2030-03-26T17:00:00.000Z');
  });

  it('whose local time is skipped goes out by the clock of before; one shown twice goes out once, at the first', () => {
    expect(at({ targetDate: '2030-04-07T02:30', leadDays: 7, timeZone: 'Europe/Berlin' })).toBe(
      '2030-03-31T01:30:00.000Z',
    );
    expect(at({ targetDate: '2030-10-28T02:30', leadDays: 1, timeZone: 'Europe/Berlin' })).toBe(
      '2030-10-27T00:30:00.000Z',
    );
  });

  it('of a day alone goes out at nine in the morning', () => {
    expect(at({ targetDate: '2030-03-01', leadDays: 1, timeZone: 'America/New_York' })).toBe(
      '2030-02-28T14:00:00.000Z',
    );
  });

  it('whose moment is past goes out in 5 s, and can be canceled until then', () => {
    const request = eventRequest.parse({ ...sms, targetDate: '2030-01-03', leadDays: 7 });
    const event = newEvent(request, acceptance(now));
    const soon = new Date(now.getTime() + PAST_REMINDER_MS);
    expect(event).toMatchObject({ status: 'SCHEDULED', sendAt: soon, dueAt: soon });
    expect(PAST_REMINDER_MS).toBe(5_000);
  });

  it('is the same request whenever it comes', () => {
    const request = eventRequest.parse({ ...sms, targetDate: '2029-01-03', eventId: 'reminder' });
    const [first, second] = [now, new Date('2031-01-01')].map((moment) => newEvent(request, acceptance(moment)));
    expect(first?.requestHash).toBe(second?.requestHash);
  });
});

describe('a send time', () => {
  it.each([
    [{ targetDate: '2030-02-30' }, ['targetDate']],
    [{ targetDate: '2030-02-10T24:00' }, ['targetDate']],
    [{ targetDate: '2030-02-10T09:00Z' }, ['targetDate']],
    [{ targetDate: '2030-02-10', timeZone: 'Europe/Atlantis' }, ['timeZone']],
    [{ targetDate: '2030-02-10', leadDays: -1 }, ['leadDays']],
    [{ targetDate: '2030-02-10', leadDays: 1.5 }, ['leadDays']],
    [{ targetDate: '2030-02-10', sendAt: '2030-02-10T09:00:00Z' }, ['sendAt']],
    [{ leadDays: 1 }, ['leadDays']],
    [{ timeZone: 'UTC' }, ['timeZone']],
    [{ targetDate: '2030-02-10', expiresAt: '2030-02-10T08:59:59Z' }, ['expiresAt']],
    [{ sendAt: '2030-02-10T09:00:00Z', expiresAt: '2030-02-10T09:00:00Z', priority: 'x' }, ['priority', 'expiresAt']],
    [{ targetDate: '2030-02-10', expiresAt: '2030-02-10T09:00:01Z' }, []],
  ])('%j is at fault in %j', (fields, paths) => {
    expect(faultsOf(fields).toSorted()).toEqual(paths.toSorted());
  });
});
