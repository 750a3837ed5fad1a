import type { Priority } from '@postrider/shared/events/channels.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { reserveSends } from '@postrider/shared/events/store/rates.ts';
import { createServerClock, type ServerClock } from '@postrider/shared/events/store/server-clock.ts';
import { openStore } from '@postrider/shared/events/store/store-in-test.ts';
import { RateLimits } from './rate-limits.ts';

let database: Database;
let clock: ServerClock;

beforeAll(async () => {
  database = await openStore('rate-limits');
  clock = await createServerClock(database);
});
beforeEach(async () => {
  await database.rates.deleteMany({});
});
afterAll(() => database.close());

const instance = (perSecond: number, maxWaitMs = 30_000): RateLimits =>
  new RateLimits(new Map([['twilio', perSecond]]), { database, clock, maxWaitMs });

interface Send {
  priority: Priority;
  askedAt: number;
  /** MongoDB's time in milliseconds; undefined where it was turned away. */
  at: number | undefined;
}

async function send(limits: RateLimits, priority: Priority): Promise<Send> {
  const askedAt = clock.now().getTime();
  const turn = limits.turnOf({ provider: 'twilio', priority });
  const isGranted = await turn?.();
  return { priority, askedAt, at: isGranted ? clock.now().getTime() : undefined };
}

const sends = (limits: RateLimits, count: number, priority: Priority = 'default'): Promise<Send[]> =>
  Promise.all(Array.from({ length: count }, () => send(limits, priority)));

/** The most sends in any second, wherever it begins. */
function busiestSecond(all: Send[]): number {
  const times = all.flatMap(({ at }) => at ?? []).toSorted((a, b) => a - b);
  return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length));
}

describe('the rate of an account', () => {
  it('holds in every second over two instances that both want more', async () => {
    const [first, second] = [instance(40), instance(40)];
    const all = (await Promise.all([sends(first, 60), sends(second, 60)])).flat();
    expect(all.filter(({ at }) => at === undefined)).toEqual([]);
    expect(busiestSecond(all)).toBeLessThanOrEqual(40);
  });

  it('holds also after a rest: what was not used is not caught up on', async () => {
    const limits = instance(20);
    const all = await sends(limits, 20);
    all.push(...(await sends(limits, 20)));
    expect(busiestSecond(all)).toBeLessThanOrEqual(20);
  });

  it('is first for critical events: default ones that wait in numbers do not hold them up', async () => {
    const [first, second] = [instance(20), instance(20)];
    const backlog = Promise.all([sends(first, 30), sends(second, 30)]);
    const critical: Send[] = [];
    for (let n = 0; n < 10; n += 1) critical.push(await send(n % 2 === 0 ? first : second, 'critical'));
    const lastCritical = Math.max(...critical.map(({ at }) => at ?? Number.POSITIVE_INFINITY));
    const defaults = (await backlog).flat();

    expect(defaults.filter(({ at }) => at !== undefined && at < lastCritical).length).toBeLessThan(defaults.length);
    for (const { askedAt, at = Number.POSITIVE_INFINITY } of critical) {
      // Not more than what was reserved ahead by each instance: some ten of the sixty that waited.
      const before = defaults.filter((other) => other.at !== undefined && other.at > askedAt && other.at < at);
      expect(before.length).toBeLessThanOrEqual(10);
    }
    expect(busiestSecond([...defaults, ...critical])).toBeLessThanOrEqual(20);
  });

  it('turns away at once whoever would wait for too long', async () => {
    const limits = instance(10, 1_000);
    const all = await sends(limits, 50);
    const granted = all.filter(({ at }) => at !== undefined);
    expect(granted.length).toBeGreaterThan(5);
    expect(granted.length).toBeLessThan(20);
  });

  it('turns everybody away when the dispatcher stops', async () => {
    const limits = instance(1);
    const waiting = sends(limits, 10);
    limits.stop();
    expect((await waiting).filter(({ at }) => at !== undefined).length).toBeLessThanOrEqual(1);
    expect(await send(limits, 'critical')).toMatchObject({ at: undefined });
  });

  it('costs nothing where there is none', async () => {
    // A store of its own: a reservation of a former test may still be on its way to the other one.
    const untouched = await openStore('no-rates');
    const limits = new RateLimits(new Map(), { database: untouched, clock, maxWaitMs: 1_000 });
    expect(limits.turnOf({ provider: 'twilio', priority: 'default' })).toBeUndefined();
    expect(await untouched.rates.countDocuments()).toBe(0);
    await untouched.close();
  });
});

describe('a reservation', () => {
  const wanted = { count: 5, intervalMs: 100, horizonMs: 400 };

  it('gives each moment once, though many ask at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => reserveSends(database, 'twilio', wanted)));
    const granted = all.filter(({ granted: isGranted }) => isGranted).map(({ from }) => from.getTime());
    const starts = granted.toSorted((a, b) => a - b);
    expect(starts.length).toBeGreaterThan(0);
    for (const [n, start] of starts.slice(1).entries()) expect(start - (starts[n] ?? 0)).toBeGreaterThanOrEqual(500);
  });

  it('is refused where the next moment is farther away than asked for, and says when it is', async () => {
    const first = await reserveSends(database, 'twilio', { ...wanted, count: 600 });
    const second = await reserveSends(database, 'twilio', wanted);
    expect(second).toMatchObject({ granted: false, from: new Date(first.from.getTime() + 60_000) });
    expect(await reserveSends(database, 'twilio', { ...wanted, horizonMs: 60_001 })).toMatchObject({ granted: true });
  });
});
