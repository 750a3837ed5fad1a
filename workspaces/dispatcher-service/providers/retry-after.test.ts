import { retryAfterMs } from './retry-after.ts';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Thu, 15 Jan 2026 12:01:30 GMT', 90_000],
  ['Thursday, 15-Jan-26 12:01:30 GMT', 90_000],
  // Past: at once.
  ['Thu, 15 Jan 2026 11:00:00 GMT', 0],
])('%p is a wait of %i ms', (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});

test.each([undefined, '', 'soon', '-5', '2.5', '1e3', '99999999999999', '2026-01-15T12:01:30Z'])(
  '%p is no wait',
  (header) => {
    expect(retryAfterMs(header, NOW)).toBeUndefined();
  },
);
