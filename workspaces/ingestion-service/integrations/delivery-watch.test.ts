import type { Database } from '@postrider/shared/events/store/database.ts';
import type { Ending } from '@postrider/shared/events/store/endings.ts';
import { createDeliveryWatch } from './delivery-watch.ts';

const HOUR_MS = 3_600_000;

/** A store in which these events have ended, and which counts how often it is asked. */
function storeOf(ended: Map<string, Ending>) {
  const asked: string[][] = [];
  const find = ({ _id: { $in: ids } }: { _id: { $in: string[] } }) => ({
    toArray: async () => {
      asked.push(ids);
      return ids.flatMap((id) => ended.get(id) ?? []);
    },
  });
  return { database: { events: { find } } as unknown as Database, asked };
}

const ending = (_id: string): Ending => ({ _id, status: 'COMPLETED', history: [] });
const staying = (): AbortSignal => new AbortController().signal;

describe('whoever waits for the end of an event', () => {
  it('is told of it, each of several who wait for the same', async () => {
    const ended = new Map<string, Ending>();
    const { database, asked } = storeOf(ended);
    const watch = createDeliveryWatch(database, staying());
    const all = Promise.all(['a', 'a', 'b'].map((id) => watch.end(id, HOUR_MS, staying())));
    ended.set('a', ending('a')).set('b', ending('b'));
    expect(await all).toEqual([ending('a'), ending('a'), ending('b')]);
    // One look for all of them.
    expect(asked).toEqual([['a', 'b']]);
  });

  it('goes without when the time is over, when it is gone itself, or when the service is to end', async () => {
    const stop = new AbortController();
    const leave = new AbortController();
    const watch = createDeliveryWatch(storeOf(new Map()).database, stop.signal);
    expect(await watch.end('a', 1, staying())).toBeUndefined();
    const left = watch.end('b', HOUR_MS, leave.signal);
    leave.abort();
    expect(await left).toBeUndefined();
    const stopped = watch.end('c', HOUR_MS, staying());
    stop.abort();
    expect(await stopped).toBeUndefined();
  });

  it('is refused where a thousand wait already, and let in again when they have left', async () => {
    const stop = new AbortController();
    const leave = new AbortController();
    const watch = createDeliveryWatch(storeOf(new Map()).database, stop.signal);
    const waiting = Array.from({ length: 1_000 }, () => watch.end('the same', HOUR_MS, leave.signal));
    await expect(watch.end('another', HOUR_MS, staying())).rejects.toMatchObject({ code: 'overloaded', retryAfter: 5 });
    leave.abort();
    await Promise.all(waiting);
    expect(await watch.end('another', 1, staying())).toBeUndefined();
  });
});
