import { returnPath } from './return-path.ts';

it.each(['/', '/events?status=QUEUED&from=2030-01-31T09%3A00', '/replays/1'])('one goes on to %s', (path) => {
  expect(returnPath(path)).toBe(path);
});

it.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  'javascript:alert(1)',
  'http://console@evil.example',
  'http://[',
  undefined,
  ['/events', '/'],
])('one never leaves the console, nor by %j', (wanted) => {
  const path = returnPath(wanted);
  expect(path).toBe('/');
});
