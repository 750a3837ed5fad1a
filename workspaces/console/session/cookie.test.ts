import type { Request, Response } from 'express';
import { forgetKey, keepKey, keyOf } from './cookie.ts';

const requestWith = (headers: Record<string, string>, secure = false) =>
  ({ headers, secure, get: (name: string) => headers[name] }) as unknown as Request;

function cookieSetBy(set: (response: Response) => void): string {
  let cookie = '';
  set({ set: (_name: string, value: string) => (cookie = value) } as unknown as Response);
  return cookie;
}

const kept = (key: string, headers: Record<string, string> = {}): string =>
  cookieSetBy((response) => keepKey(requestWith(headers), response, key));
const sent = (cookie: string): string | undefined => keyOf(requestWith({ cookie }));

describe('the key of a session', () => {
  it.each(['prk_ada_c2VjcmV0LXNlY3JldA', 'a;b=c,"d"\\%41'])('comes back as it was: %s', (key) => {
    const [pair = ''] = kept(key).split('; ');
    expect(sent(`theme=dark; ${pair}; other=1`)).toBe(key);
  });

  it('is for no script and for no other site', () => {
    expect(kept('k')).toBe('postrider_key=k; Path=/; HttpOnly; SameSite=Strict');
  });

  it.each<[Record<string, string>, boolean, boolean]>([
    [{}, true, true],
    [{ 'x-forwarded-proto': 'https' }, false, true],
    [{ 'x-forwarded-proto': 'HTTPS, http' }, false, true],
    [{ 'x-forwarded-proto': 'http, https' }, false, false],
    [{}, false, false],
  ])('stays with https where it came by https: %j, %j', (headers, secure, isKept) => {
    const cookie = cookieSetBy((response) => keepKey(requestWith(headers, secure), response, 'k'));
    expect(cookie.endsWith('; Secure')).toBe(isKept);
  });

  it('is forgotten at once', () => {
    expect(cookieSetBy((response) => forgetKey(requestWith({}), response))).toMatch(/^postrider_key=;.*; Max-Age=0$/);
  });

  it.each([
    '',
    'postrider_key=',
    'postrider_key',
    'postrider_key=%E0%A4%A',
    'postrider_key=a%0D%0Ab',
    'postrider_key=%C3%A4',
    `postrider_key=${'k'.repeat(257)}`,
    'xpostrider_key=k',
  ])('is none that no Authorization header can carry: %j', (cookie) => expect(sent(cookie)).toBeUndefined());
});
