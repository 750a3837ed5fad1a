import * as fc from 'fast-check';
import { afterQuietHours, quietHours } from './quiet-hours.ts';
import { localTimeAt } from './time-zone.ts';

const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const after = (text: string, hours = night): string => afterQuietHours(new Date(text), hours).toISOString();

describe('quiet hours', () => {
  it.each([
    ['2030-01-31T20:59:59Z', '2030-01-31T20:59:59.000Z'],
    ['2030-01-31T21:00:00Z', '2030-02-01T06:00:00.000Z'],
    ['2030-02-01T03:00:00Z', '2030-02-01T06:00:00.000Z'],
    ['2030-02-01T05:59:59.999Z', '2030-02-01T06:00:00.000Z'],
    ['2030-02-01T06:00:00Z', '2030-02-01T06:00:00.000Z'],
    ['2030-12-31T23:30:00Z', '2031-01-01T06:00:00.000Z'],
  ])('from 22:00 to 07:00 in Berlin move %s to %s', (moment, moved) => {
    expect(after(moment)).toBe(moved);
  });

  it('may lie within a day', () => {
    const noon = { from: '12:00', to: '13:30', timeZone: 'UTC' };
    expect(after('2030-01-31T12:00:00Z', noon)).toBe('2030-01-31T13:30:00.000Z');
    expect(after('2030-01-31T13:30:00Z', noon)).toBe('2030-01-31T13:30:00.000Z');
    expect(after('2030-01-31T11:59:00Z', noon)).toBe('2030-01-31T11:59:00.000Z');
  });

  it('end at seven by the clock in the night that is an hour shorter, and in the one that is longer', () => {
    expect(after('2030-03-30T22:00:00Z')).toBe('2030-03-31T05:00:00.000Z');
    expect(after('2030-10-26T21:00:00Z')).toBe('2030-10-27T06:00:00.000Z');
  });

  it('whose end the clocks skip end that much later, and whose end they show twice end at the next one', () => {
    const short = { from: '00:00', to: '02:30', timeZone: 'Europe/Berlin' };
    expect(after('2030-03-31T00:30:00Z', short)).toBe('2030-03-31T01:30:00.000Z');
    expect(after('2030-10-27T00:15:00Z', short)).toBe('2030-10-27T00:30:00.000Z');
    // 02:15 for the second time.
    expect(after('2030-10-27T01:15:00Z', short)).toBe('2030-10-27T01:30:00.000Z');
  });

  it('never move anything to before its time, nor by more than a day and an hour, and leave a moved one where it is', () => {
    const minute = fc.integer({ min: 0, max: 1_439 }).map((n) => new Date(n * 60_000).toISOString().slice(11, 16));
    const moments = fc.date({ min: new Date('2030-03-29'), max: new Date('2030-11-05'), noInvalidDate: true });
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(moments, minute, minute, zones, (moment, from, to, timeZone) => {
        fc.pre(from !== to);
        const hours = { from, to, timeZone };
        const moved = afterQuietHours(moment, hours);
        const waits = moved.getTime() - moment.getTime();
        expect(waits).toBeGreaterThanOrEqual(0);
        expect(waits).toBeLessThanOrEqual(25 * 3_600_000);
        if (waits > 0 && localTimeAt(moved, timeZone) % 86_400_000 === Date.parse(`1970-01-01T${to}Z`)) {
          expect(afterQuietHours(moved, hours)).toEqual(moved);
        }
      }),
    );
  });

  it.each([
    { ...night, from: '24:00' },
    { ...night, to: '7:00' },
    { ...night, to: '22:00' },
    { ...night, timeZone: 'Europe/Atlantis' },
    { ...night, until: '08:00' },
  ])('cannot be %j', (hours) => {
    expect(quietHours.safeParse(hours).success).toBe(false);
  });
});
