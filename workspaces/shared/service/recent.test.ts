import { recent } from './recent.ts';

/** Questions that are answered by their number, or not, as the test says; and a clock. */
function questions() {
  const open: { answer(): void; fail(): void }[] = [];
  let time = 0;
  const ask = recent(
    () => {
      const number = open.length + 1;
      return new Promise<number>((resolve, reject) => {
        open.push({ answer: () => resolve(number), fail: () => reject(new Error(`${number} failed`)) });
      });
    },
    () => time,
  );
  return { ask, open, pass: (ms: number) => (time += ms) };
}

describe('what several ask at about the same time', () => {
  it('is asked once, also while the answer is on its way', async () => {
    const { ask, open, pass } = questions();
    const [first, second] = [ask(0), ask(500)];
    open[0]?.answer();
    expect([await first, await second]).toEqual([1, 1]);
    pass(499);
    expect(await ask(500)).toBe(1);
    expect(open).toHaveLength(1);
  });

  it('is asked anew once the answer is older than one takes it, counted from the question', async () => {
    const { ask, open, pass } = questions();
    const first = ask(500);
    pass(500);
    const second = ask(500);
    open[0]?.answer();
    open[1]?.answer();
    expect([await first, await second]).toEqual([1, 2]);
    expect(await ask(1)).toBe(2);
  });

  it('is always asked anew by who takes no former answer', async () => {
    const { ask, open } = questions();
    const both = [ask(0), ask(0)];
    for (const { answer } of open) answer();
    expect(await Promise.all(both)).toEqual([1, 2]);
  });

  it('is asked anew after a failure, which all are told who had asked', async () => {
    const { ask, open } = questions();
    const both = Promise.allSettled([ask(500), ask(500)]);
    open[0]?.fail();
    expect(await both).toEqual([
      expect.objectContaining({ reason: new Error('1 failed') }),
      expect.objectContaining({ reason: new Error('1 failed') }),
    ]);
    const again = ask(500);
    open[1]?.answer();
    expect(await again).toBe(2);
  });
});
