import { createRegistry, watchFigure } from './metrics.ts';

describe('a figure that somebody else must be asked for', () => {
  it('is what he says now; what he no longer tells is not told', async () => {
    const registry = createRegistry('shop');
    let answer: () => Promise<[{ shelf: string }, number][]> = async () => [
      [{ shelf: 'upper' }, 3],
      [{ shelf: 'lower' }, 5],
    ];
    watchFigure(registry, { name: 'books', help: 'Books by shelf', labelNames: ['shelf'], read: () => answer() });
    const told = async () => (await registry.getSingleMetricAsString('books')).split('\n').slice(2).sort();

    expect(await told()).toEqual(['books{shelf="lower",service="shop"} 5', 'books{shelf="upper",service="shop"} 3']);
    answer = async () => [[{ shelf: 'upper' }, 4]];
    expect(await told()).toEqual(['books{shelf="upper",service="shop"} 4']);
    answer = () => Promise.reject(new Error('nobody there'));
    expect(await told()).toEqual([]);
  });

  it('is not waited for longer than Prometheus waits', async () => {
    const registry = createRegistry('shop');
    watchFigure(registry, {
      name: 'books',
      help: 'Books',
      labelNames: ['shelf'],
      read: () => new Promise<never>(() => undefined),
    });
    expect(await registry.metrics()).toContain('# TYPE books gauge');
  });
});
