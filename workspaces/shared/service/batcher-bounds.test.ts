import * as fc from 'fast-check';
import { AppError } from '../errors/app-error.ts';
import { Batcher } from './batcher.ts';

interface Parcel {
  name: string;
  weight: number;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A batcher of weighed parcels that keeps its first batch in flight until `open` is called. */
function heldBatcher(limits: { maxBatch?: number; maxBatchWeight?: number; maxWaiting?: number }) {
  const batches: Parcel[][] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const batcher = new Batcher<Parcel, string>({
    maxBatch: 1_000,
    maxWaiting: 1_000_000,
    ...limits,
    weigh: ({ weight }) => weight,
    run: async (parcels) => {
      batches.push(parcels);
      await gate;
      return parcels.map(({ name }) => name);
    },
  });
  return { batcher, batches, open };
}

const parcel = (name: string, weight = 1): Parcel => ({ name, weight });

describe('the bounds of group commit', () => {
  it('refuse what goes beyond the waiting weight with 503 and Retry-After, and keep what was taken', async () => {
    const { batcher, open } = heldBatcher({ maxWaiting: 10 });
    const flying = batcher.add(parcel('flying', 10));
    await turn();
    const waiting = [batcher.add(parcel('a', 4)), batcher.add(parcel('b', 6))];
    const refused = await batcher.add(parcel('c', 1)).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(AppError);
    expect(refused).toMatchObject({ code: 'overloaded', status: 503, retryAfter: 1 });
    expect(batcher.waiting).toBe(10);
    open();
    expect(await Promise.all([flying, ...waiting])).toEqual(['flying', 'a', 'b']);
  });

  it('take items again once the backlog has left', async () => {
    const { batcher, open } = heldBatcher({ maxWaiting: 1 });
    const first = batcher.add(parcel('a'));
    await expect(batcher.add(parcel('b'))).rejects.toMatchObject({ code: 'overloaded' });
    open();
    await first;

    expect(await batcher.add(parcel('b'))).toBe('b');
    expect(batcher.waiting).toBe(0);
  });

  it('let a single item pass that is heavier than any of them, alone', async () => {
    const { batcher, batches, open } = heldBatcher({ maxWaiting: 10, maxBatchWeight: 5 });
    open();
    expect(await batcher.add(parcel('huge', 1_000))).toBe('huge');
    expect(batches).toEqual([[parcel('huge', 1_000)]]);
  });

  it('cut a backlog into batches of at most so many items', async () => {
    const { batcher, batches, open } = heldBatcher({ maxBatch: 2 });
    open();
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => batcher.add(parcel(name))));

    expect(batches.map((batch) => batch.map(({ name }) => name).join(''))).toEqual(['ab', 'cd', 'e']);
  });

  it('hold for every backlog: nothing lost, nothing twice, in order, no batch too large', async () => {
    const backlog = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(backlog, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 30 }), async (...given) => {
        const [weights, maxBatch, maxBatchWeight] = given;
        const { batcher, batches, open } = heldBatcher({ maxBatch, maxBatchWeight });
        open();
        const parcels = weights.map((weight, at) => parcel(String(at), weight));
        const answers = await Promise.all(parcels.map((one) => batcher.add(one)));

        expect(answers).toEqual(parcels.map(({ name }) => name));
        expect(batches.flat()).toEqual(parcels);
        expect(batcher.waiting).toBe(0);
        for (const batch of batches) {
          const weight = batch.reduce((sum, one) => sum + one.weight, 0);
          expect(batch.length).toBeLessThanOrEqual(maxBatch);
          expect(weight <= maxBatchWeight || batch.length === 1).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
