import { isFromHere } from './same-site.ts';

const host = 'console.example:8443';

describe('a form comes from here', () => {
  it.each([
    { host, origin: 'https://console.example:8443' },
    { host: 'Console.Example', origin: 'https://console.example' },
    { host, 'sec-fetch-site': 'same-origin' as const },
    // A proxy may change the Host; browsers say whence it is all the same.
    { host: 'console:3006', origin: 'https://console.example', 'sec-fetch-site': 'same-origin' as const },
  ])('by %j', (headers) => expect(isFromHere(headers)).toBe(true));

  it.each([
    { host },
    { host, origin: 'null' },
    { host, origin: 'https://console.example' },
    { host, origin: 'https://console.example:8443.evil.example' },
    { host, origin: 'https://evil.example/console.example:8443' },
    { host, origin: 'https://console.example:8443@evil.example' },
    { origin: 'https://console.example' },
    { host, origin: 'https://console.example:8443', 'sec-fetch-site': 'cross-site' as const },
    { host, origin: 'https://console.example:8443', 'sec-fetch-site': 'same-site' as const },
    { host, 'sec-fetch-site': 'none' as const },
  ])('not by %j', (headers) => expect(isFromHere(headers)).toBe(false));
});
