import { Batcher, type BatcherOptions } from './batcher.ts';

interface Flight {
  items: string[];
  land(results?: string[]): void;
  crash(error: Error): void;
}

/** A batcher whose batches end when the test says so. */
function batcherOf(options: Partial<BatcherOptions<string, string>> = {}) {
  const flights: Flight[] = [];
  const batcher = new Batcher<string, string>({
    maxBatch: 100,
    maxWaiting: 1_000,
    run: (items) =>
      new Promise((resolve, reject) => {
        const land = (results = items.map((item) => `${item} stored`)): void => resolve(results);
        flights.push({ items, land, crash: reject });
      }),
    ...options,
  });
  return { batcher, flights };
}

/** A turn of the event loop: what is to start has started. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('sends a lone item at once', async () => {
    const { batcher, flights } = batcherOf();
    const answer = batcher.add('a');
    await turn();

    expect(flights.map(({ items }) => items)).toEqual([['a']]);
    flights[0]?.land();
    expect(await answer).toBe('a stored');
  });

  it('puts all that arrives in one turn of the event loop into one batch', async () => {
    const { batcher, flights } = batcherOf();
    void Promise.all(['a', 'b', 'c'].map((item) => batcher.add(item)));
    await turn();

    expect(flights.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
  });

  it('gathers for a moment after a batch of several: more is on its way, and one batch of it is cheaper than two', async () => {
    const { batcher, flights } = batcherOf();
    const several = Promise.all(['a', 'b', 'c', 'd', 'e'].map((item) => batcher.add(item)));
    await turn();
    void batcher.add('f');
    // The answers of the first batch make their callers send the next.
    const next = several.then(() => batcher.add('g'));

    flights[0]?.land();
    await several;
    while (flights.length < 2) await turn();
    expect(flights[1]?.items).toEqual(['f', 'g']);
    flights[1]?.land();
    expect(await next).toBe('g stored');
    await batcher.drained();
  });

  it('lets what arrives during a flight share the next one, and never has two in flight', async () => {
    const { batcher, flights } = batcherOf();
    const first = batcher.add('a');
    await turn();
    const others = Promise.all([batcher.add('b'), batcher.add('c')]);
    await turn();
    expect(flights).toHaveLength(1);

    flights[0]?.land();
    await first;
    await turn();
    expect(flights.map(({ items }) => items)).toEqual([['a'], ['b', 'c']]);
    flights[1]?.land();
    expect(await others).toEqual(['b stored', 'c stored']);
  });

  it('gives each caller the result of its own item', async () => {
    const { batcher, flights } = batcherOf();
    const answers = ['a', 'b'].map((item) => batcher.add(item));
    await turn();
    flights[0]?.land(['first', 'second']);

    expect(await Promise.all(answers)).toEqual(['first', 'second']);
  });

  it('rejects the items of a failing batch, and no others', async () => {
    const { batcher, flights } = batcherOf();
    const failing = Promise.allSettled(['a', 'b'].map((item) => batcher.add(item)));
    await turn();
    const later = batcher.add('c');
    const lost = new Error('the write was lost');
    flights[0]?.crash(lost);

    expect(await failing).toEqual([
      { status: 'rejected', reason: lost },
      { status: 'rejected', reason: lost },
    ]);
    await turn();
    flights[1]?.land();
    expect(await later).toBe('c stored');
  });

  it('survives a handler that throws before it returns a promise', async () => {
    let broken = true;
    const { batcher } = batcherOf({
      run: (items) => {
        if (broken) throw new Error('broken');
        return Promise.resolve(items);
      },
    });
    await expect(batcher.add('a')).rejects.toThrow('broken');
    broken = false;
    expect(await batcher.add('b')).toBe('b');
  });

  it('is drained once nothing waits and nothing is in flight', async () => {
    const { batcher, flights } = batcherOf({ maxBatch: 1 });
    await batcher.drained();

    const answers = Promise.all([batcher.add('a'), batcher.add('b')]);
    let drained = false;
    const done = batcher.drained().then(() => (drained = true));
    await turn();
    flights[0]?.land();
    await turn();
    expect({ drained, flights: flights.length }).toEqual({ drained: false, flights: 2 });

    flights[1]?.land();
    await Promise.all([answers, done]);
    expect(drained).toBe(true);
  });
});
