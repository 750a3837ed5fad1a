import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { firstIdOf } from './queries.ts';

const ids = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });

describe('the first id of a moment, by which lists are cut to a range of time', () => {
  it('stands before every event of that millisecond, and after every earlier one', () => {
    fc.assert(
      fc.property(ids, (moment) => {
        const first = firstIdOf(moment);
        const msecs = moment.getTime();
        expect(first <= uuidv7({ msecs })).toBe(true);
        if (msecs > 0) expect(first > uuidv7({ msecs: msecs - 1 })).toBe(true);
      }),
    );
  });

  it('is a UUIDv7 of that time', () => {
    expect(firstIdOf(new Date('2030-01-31T09:00:00Z'))).toBe('01b97732-de80-7000-8000-000000000000');
  });

  it('rises with time, to the last moment that can be written', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        fc.pre(a < b);
        expect(firstIdOf(a) < firstIdOf(b)).toBe(true);
      }),
    );
  });

  it.each(['0001-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z'])(
    'is the very first id for %s: a list from the beginning of time is the whole list',
    (text) => {
      expect(firstIdOf(new Date(text))).toBe('00000000-0000-7000-8000-000000000000');
    },
  );
});
