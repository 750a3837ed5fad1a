import type { Minute } from '../scenarios/soak.ts';
import { soakReport } from './soak.ts';

const MIB = 2 ** 20;

/** A service that warms up and then grows by 1 MiB a minute, one that is flat, and a mongod whose memory nobody can see. */
const samples = Array.from({ length: 8 }, (_, at): Minute => {
  const minute = at + 1;
  const growing = (minute <= 2 ? 10 : 100 + minute) * MIB;
  return {
    minute,
    arrival: { p50: 3, p95: 6, p99: minute, max: 50 },
    lateness: { p50: 0, p95: 0, p99: 1, max: 2 },
    underWay: 0,
    memory: [
      { name: 'ingestion', pss: growing, rss: growing, heap: 20 * MIB },
      { name: 'default', pss: 70 * MIB, rss: 90 * MIB, heap: 20 * MIB },
      { name: 'mongod', pss: undefined, rss: undefined, heap: undefined },
    ],
  };
});

test('a soak tells the growth of each process and of all services in MiB an hour, without the first quarter', () => {
  const report = soakReport({ minutes: 8, perSecond: 100, accepted: 48_000, refused: { 503: 2 }, samples });
  const cells = (name: string) => new RegExp(`^${name} +(.*)$`, 'm').exec(report)?.[1]?.split(/ {2,}/);
  expect(cells('ingestion')).toEqual(['108', '60.0 ± 0.0', '108', '60.0 ± 0.0', '20', '0.0 ± 0.0']);
  expect(cells('default')?.slice(0, 2)).toEqual(['70', '0.0 ± 0.0']);
  expect(cells('services together')?.slice(0, 2)).toEqual(['178', '60.0 ± 0.0']);
  expect(report).toMatch(/^mongod$/m);
  expect(cells('p99 of a minute')).toEqual(['5.5', '3.0', '8.0', '8.0']);
  expect(report).toContain('48000 events accepted and delivered, refused: 2 with 503');
});
