import * as fc from 'fast-check';
import { isTimeZone, localTimeAt, momentsOf } from './time-zone.ts';

const local = (text: string): number => Date.parse(`${text}Z`);
const shownAt = (text: string, zone: string): string[] =>
  momentsOf(local(text), zone).map((moment) => moment.toISOString().slice(0, 16));

describe('a local time', () => {
  it.each([
    ['2030-01-31T09:00', 'UTC', ['2030-01-31T09:00']],
    ['2030-01-31T09:00', 'Europe/Berlin', ['2030-01-31T08:00']],
    ['2030-07-31T09:00', 'Europe/Berlin', ['2030-07-31T07:00']],
    ['2030-01-31T09:00', 'Asia/Kathmandu', ['2030-01-31T03:15']],
    ['2030-01-31T09:00', 'America/St_Johns', ['2030-01-31T12:30']],
  ])('%s of %s is %j', (text, zone, moments) => {
    expect(shownAt(text, zone)).toEqual(moments);
  });

  it.each([
    ['2030-03-31T02:30', 'Europe/Berlin', '2030-03-31T01:30'],
    ['2030-03-10T02:30', 'America/New_York', '2030-03-10T07:30'],
    // Half an hour only.
    ['2030-10-06T02:15', 'Australia/Lord_Howe', '2030-10-05T15:45'],
    // Samoa crossed the date line: this day was left out.
    ['2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T22:00'],
  ])('%s of %s, which the clocks skip, is that much later', (text, zone, moment) => {
    expect(shownAt(text, zone)).toEqual([moment]);
  });

  it.each([
    ['2030-10-27T02:30', 'Europe/Berlin', ['2030-10-27T00:30', '2030-10-27T01:30']],
    ['2030-11-03T01:30', 'America/New_York', ['2030-11-03T05:30', '2030-11-03T06:30']],
    ['2030-04-07T01:45', 'Australia/Lord_Howe', ['2030-04-06T14:45', '2030-04-06T15:15']],
  ])('%s of %s, which the clocks show twice, is either', (text, zone, moments) => {
    expect(shownAt(text, zone)).toEqual(moments);
  });

  it('of any moment leads back to it', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Tehran', 'UTC');
    const moments = fc.date({ min: new Date('1980-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, zones, (moment, zone) => {
        expect(momentsOf(localTimeAt(moment, zone), zone)).toContainEqual(moment);
      }),
    );
  });
});

describe('a time zone', () => {
  it.each(['Europe/Berlin', 'UTC', 'europe/berlin', 'US/Pacific', 'Etc/GMT+5'])('may be %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['Europe/Atlantis', '+01:00', '', ' ', '../etc/passwd', 'Berlin', '__proto__'])('is not %j', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
