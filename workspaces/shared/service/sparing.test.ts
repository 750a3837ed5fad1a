import { sparing } from './sparing.ts';

let time = 0;
let made = 0;

/** Takes 100 ms by its clock. */
const slow = () =>
  sparing(
    async () => {
      time += 100;
      return ++made;
    },
    () => time,
  );

beforeEach(() => {
  time = 0;
  made = 0;
});

describe('an answer that takes long', () => {
  it('is kept for fifty times as long', async () => {
    const ask = slow();
    expect(await ask()).toBe(1);
    time = 5_099;
    expect(await ask()).toBe(1);
    time = 5_100;
    expect(await ask()).toBe(2);
  });

  it('is made once for all who ask meanwhile', async () => {
    const ask = slow();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  });

  it('is asked for again at once when it failed', async () => {
    let fails = true;
    const ask = sparing(async () => {
      if (fails) throw new Error('away');
      return 'there';
    });
    await expect(ask()).rejects.toThrow('away');
    fails = false;
    expect(await ask()).toBe('there');
  });
});
