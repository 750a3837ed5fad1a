import { createLogger } from './logger.ts';
import { persistently } from './persistence.ts';

const silent = createLogger('test', 'silent');
const never = new AbortController().signal;

describe('work that must not be dropped', () => {
  it('is done once when it succeeds, and its result is handed on', async () => {
    let tries = 0;
    expect(await persistently('record', silent, never, async () => (tries += 1))).toBe(1);
  });

  it('is tried again until it succeeds, and each failure is logged', async () => {
    const lines: string[] = [];
    const logger = createLogger('test', 'warn', { write: (line) => void lines.push(line) });
    let tries = 0;
    const done = await persistently('record outcomes', logger, never, async () => {
      tries += 1;
      if (tries === 1) throw new Error('MongoDB is away');
      return 'recorded';
    });
    expect(done).toBe('recorded');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        action: 'record outcomes',
        tries: 1,
        err: expect.objectContaining({ message: 'MongoDB is away' }),
      }),
    ]);
  });

  it('is given up with its error when the process stops, in the middle of a pause', async () => {
    const stop = new AbortController();
    let tries = 0;
    const work = persistently('record', silent, stop.signal, async () => {
      tries += 1;
      throw new Error(`try ${tries}`);
    });
    work.catch(() => undefined);
    await new Promise(setImmediate);
    expect(tries).toBe(1);
    stop.abort();
    await new Promise(setImmediate);
    // One last try, at once: what can be saved at a stop is saved.
    expect(tries).toBe(2);
    await expect(work).rejects.toThrow('try 2');
  });

  it('that begins after the stop has one try', async () => {
    let tries = 0;
    const work = persistently('record', silent, AbortSignal.abort(), async () => {
      tries += 1;
      throw new Error('away');
    });
    await expect(work).rejects.toThrow('away');
    expect(tries).toBe(1);
  });
});
