import type { Request, Response } from 'express';

const NAME = 'postrider_key';

/** What an Authorization header can carry. */
const KEY = /^[\x21-\x7e]{1,256}$/;

export const isKey = (text: string): boolean => KEY.test(text);

/** The API key of the session: kept by the browser and nowhere else. */
export function keyOf(request: Request): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() !== NAME) continue;
    const key = decoded(pair.slice(at + 1).trim());
    return key !== undefined && isKey(key) ? key : undefined;
  }
  return undefined;
}

/** Until the browser is closed. */
export function keepKey(request: Request, response: Response, key: string): void {
  response.set('Set-Cookie', `${NAME}=${encodeURIComponent(key)}${attributes(request)}`);
}

export function forgetKey(request: Request, response: Response): void {
  response.set('Set-Cookie', `${NAME}=${attributes(request)}; Max-Age=0`);
}

function attributes(request: Request): string {
  const [scheme = ''] = (request.get('x-forwarded-proto') ?? '').split(',');
  const isSecure = request.secure || scheme.trim().toLowerCase() === 'https';
  return `; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
