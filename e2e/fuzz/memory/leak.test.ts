import { growthPerRequest, leaks, type MemorySample } from './leak.ts';

const run = (bytesAt: (requests: number) => number): MemorySample[] =>
  Array.from({ length: 13 }, (_, at) => ({ requests: at * 8_000, bytes: bytesAt(at * 8_000) }));
const noise = (requests: number): number => Math.sin(requests) * 300_000;

describe('memory over a run of 96,000 requests', () => {
  it('that climbs by an object of 48 bytes with each is a leak, through all the noise', () => {
    const samples = run((requests) => 40e6 + requests * 48 + noise(requests));
    expect(growthPerRequest(samples)).toBeGreaterThan(40);
    expect(leaks(samples)).toBe(true);
  });

  it('that is warmed up in the first half and then stays is none', () => {
    expect(leaks(run((requests) => 40e6 + Math.min(requests, 40_000) * 500 + noise(requests)))).toBe(false);
  });

  it('with one peak is none', () => {
    expect(leaks(run((requests) => (requests === 80_000 ? 90e6 : 40e6)))).toBe(false);
  });

  it('that falls is none', () => {
    expect(leaks(run((requests) => 60e6 - requests * 100))).toBe(false);
  });
});
