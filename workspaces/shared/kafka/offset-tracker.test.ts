import * as fc from 'fast-check';
import { OffsetTracker } from './offset-tracker.ts';

function tracking(...offsets: bigint[]): OffsetTracker {
  const tracker = new OffsetTracker();
  for (const offset of offsets) tracker.start(offset);
  return tracker;
}

describe('the offset to commit', () => {
  it('is the one after the last message, once all are finished', () => {
    const tracker = tracking(5n, 6n);
    tracker.finish(5n);
    tracker.finish(6n);
    expect({ pending: tracker.pending, open: tracker.open }).toEqual({ pending: 7n, open: 0 });
  });

  it('does not pass a message that is still at work, however many behind it are finished', () => {
    const tracker = tracking(1n, 2n, 3n, 4n);
    for (const offset of [4n, 3n, 2n]) tracker.finish(offset);
    expect(tracker.pending).toBeUndefined();
    expect(tracker.open).toBe(4);
    tracker.finish(1n);
    expect(tracker.pending).toBe(5n);
  });

  it('goes over the gaps that compaction and transactions leave', () => {
    const tracker = tracking(1n, 7n, 100n);
    tracker.finish(1n);
    tracker.finish(7n);
    expect(tracker.pending).toBe(8n);
  });

  it('is none when it has been committed already, until more is finished', () => {
    const tracker = tracking(1n, 2n);
    tracker.finish(1n);
    tracker.committed(2n);
    expect({ pending: tracker.pending, position: tracker.position }).toEqual({ pending: undefined, position: 2n });
    tracker.finish(2n);
    expect(tracker.pending).toBe(3n);
  });

  it('is asked for again when the commit did not succeed', () => {
    const tracker = tracking(1n);
    tracker.finish(1n);
    expect([tracker.pending, tracker.pending]).toEqual([2n, 2n]);
    expect(tracker.position).toBeUndefined();
  });

  it('does not move for a message that was never taken, or is finished twice', () => {
    const tracker = tracking(1n, 2n);
    tracker.finish(9n);
    expect(tracker.pending).toBeUndefined();
    tracker.finish(1n);
    tracker.finish(1n);
    expect(tracker.pending).toBe(2n);
    tracker.finish(2n);
    expect(tracker.pending).toBe(3n);
  });
});

describe('in whatever order messages are taken, finished and committed', () => {
  // Steps between offsets, the order of their completion, and after which completions a commit succeeds.
  const course = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 40 }).chain((steps) =>
    fc.record({
      steps: fc.constant(steps),
      order: fc.shuffledSubarray([...steps.keys()], { minLength: 0, maxLength: steps.length }),
      commits: fc.array(fc.boolean(), { minLength: steps.length, maxLength: steps.length }),
    }),
  );

  it('exactly the finished prefix may be committed, and the commit never goes back', () => {
    fc.assert(
      fc.property(course, ({ steps, order, commits }) => {
        let last = 0n;
        const offsets = steps.map((step) => (last += BigInt(step)));
        const tracker = tracking(...offsets);
        const finished = new Set<bigint>();
        let committed: bigint | undefined;
        for (const [count, at] of order.entries()) {
          const offset = offsets[at] ?? 0n;
          tracker.finish(offset);
          finished.add(offset);

          const prefix = offsets.slice(
            0,
            offsets.findIndex((one) => !finished.has(one)),
          );
          const done = finished.size === offsets.length ? offsets : prefix;
          const expected = done.length === 0 ? undefined : (done.at(-1) ?? 0n) + 1n;
          expect(tracker.pending).toBe(expected === committed ? undefined : expected);
          expect(tracker.open).toBe(offsets.length - done.length);
          if (commits[count] && expected !== undefined) tracker.committed((committed = expected));
        }
      }),
    );
  });
});
