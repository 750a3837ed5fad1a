import { createLogger } from './logger.ts';
import { startTicker, type Ticker } from './ticker.ts';

const silent = createLogger('test', 'silent');
const HOUR = 3_600_000;

/** A ticker that ends by itself after so many rounds; tells how many there were. */
async function roundsOf(intervalMs: number, rounds: number, round: (count: number) => Promise<boolean | void>) {
  let count = 0;
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const ticker = startTicker('test', intervalMs, silent, async () => {
    count += 1;
    if (count >= rounds) end();
    return round(count);
  });
  await over;
  await ticker.stop();
  return count;
}

describe('a ticker', () => {
  it('repeats its round', async () => {
    expect(await roundsOf(1, 3, async () => undefined)).toBe(3);
  });

  it('goes on at once while a round says that there is more to do', async () => {
    expect(await roundsOf(HOUR, 50, async () => true)).toBe(50);
  });

  it('pauses as soon as a round says that there is nothing left', async () => {
    let count = 0;
    const { promise: third, resolve: reached } = Promise.withResolvers<void>();
    const ticker = startTicker('test', HOUR, silent, async () => {
      count += 1;
      if (count === 3) reached();
      return count < 3;
    });
    await third;
    await new Promise(setImmediate);
    await ticker.stop();
    expect(count).toBe(3);
  });

  it('looks as often as it may for a while after it had something to do, and rarely when it had not', async () => {
    let count = 0;
    const { promise: third, resolve: reached } = Promise.withResolvers<void>();
    const round = async (): Promise<boolean> => {
      count += 1;
      if (count === 3) reached();
      return count === 1;
    };
    const busy = startTicker('test', 1, silent, round, HOUR);
    await third;
    await busy.stop();

    let looks = 0;
    const idle = startTicker('test', 1, silent, async () => void (looks += 1), HOUR);
    expect(await roundsOf(1, 20, async () => undefined)).toBe(20);
    await idle.stop();
    expect(looks).toBe(1);
  });

  it('makes a round at once when it is woken, in the middle of a pause or of a round, and then as often as it may', async () => {
    const gates = [1, 2, 3, 4, 5].map(() => Promise.withResolvers<void>());
    let count = 0;
    const ticker = startTicker(
      'test',
      1,
      silent,
      async () => {
        gates[count]?.resolve();
        count += 1;
        if (count === 3) ticker.wake();
      },
      HOUR,
    );
    await gates[0]?.promise;
    await new Promise(setImmediate);
    expect(count).toBe(1);
    ticker.wake();
    // The second by the call, the third by the short interval, the fourth by a call from within, the fifth by the interval.
    await gates[4]?.promise;
    await ticker.stop();
  });

  it('survives rounds that fail, and says so in the log', async () => {
    const lines: string[] = [];
    const logger = createLogger('test', 'warn', { write: (line) => void lines.push(line) });
    let ticker: Ticker | undefined;
    await new Promise<void>((resolve) => {
      let count = 0;
      ticker = startTicker('sweeper', 1, logger, async () => {
        count += 1;
        if (count < 3) throw new Error('MongoDB is away');
        resolve();
      });
    });
    await ticker?.stop();
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ ticker: 'sweeper', failures: 1, msg: 'a round failed' }),
      expect.objectContaining({ ticker: 'sweeper', failures: 2 }),
    ]);
  });

  it('takes its time while rounds fail, whatever they said before', async () => {
    let count = 0;
    const ticker = startTicker('test', HOUR, silent, async () => {
      count += 1;
      throw new Error('away');
    });
    for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate);
    await ticker.stop();
    expect(count).toBe(1);
  });

  it('stops after the round that is running, and in the middle of a pause', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let ended = false;
    const ticker = startTicker('test', HOUR, silent, async () => {
      await gate;
      ended = true;
    });
    const endedBefore = ticker.stop().then(() => ended);
    setImmediate(open);
    expect(await endedBefore).toBe(true);

    const pausing = startTicker('test', HOUR, silent, async () => undefined);
    await new Promise(setImmediate);
    await pausing.stop();
  });
});
