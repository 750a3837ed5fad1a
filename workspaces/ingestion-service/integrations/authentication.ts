import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { authenticate, Scope } from '@postrider/shared/service/api-keys.ts';
import type { RequestHandler } from 'express';

/**
 * Bearer JWTs signed by HS256 with a shared key: 401 without one, 403 with a bad one. API keys (`prk_…`) go on to `apiKeys`.
 * The library is loaded at the first token.
 */
function requireToken(key: string, apiKeys: RequestHandler): RequestHandler {
  const secret = Buffer.from(key);
  return async (request, response, next) => {
    const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) {
      response.set('WWW-Authenticate', 'Bearer');
      throw new AppError('unauthorized', 'Not authenticated');
    }
    if (token.startsWith('prk_')) return apiKeys(request, response, next);
    const { jwtVerify } = await import('jose');
    const valid = await jwtVerify(token, secret, { algorithms: ['HS256'] }).then(
      () => true,
      () => false,
    );
    if (!valid) return refuseToken(request, response, next);
    next();
  };
}

/** Who may use the e-mail and SMS endpoints, and look at what became of theirs. */
export function mailGuard(
  { API_KEY, AUTH }: { API_KEY?: string | undefined; AUTH: 'required' | 'disabled' },
  allow: ReturnType<typeof authenticate>,
  scope: Scope,
): RequestHandler {
  if (API_KEY === undefined) return allow(scope);
  // Where authentication is off an API key proves nothing; a token still does.
  return requireToken(API_KEY, AUTH === 'required' ? allow(scope) : refuseToken);
}

const refuseToken: RequestHandler = () => {
  throw new AppError('forbidden', 'Invalid token or expired token');
};

export interface Credentials {
  user: string;
  password: string;
}

/** Basic authentication with these credentials; requests without a Basic header go on to `otherwise`. */
export function acceptBasic({ user, password }: Credentials, otherwise: RequestHandler): RequestHandler {
  const expected = sha256(`${user}:${password}`);
  return (request, response, next) => {
    const given = /^Basic\s+([\w+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given === undefined) return otherwise(request, response, next);
    // Of digests, in constant time: the time taken tells nothing.
    if (!timingSafeEqual(sha256(Buffer.from(given, 'base64')), expected)) return refuseBasic(request, response, next);
    next();
  };
}

export const refuseBasic: RequestHandler = (_request, response) => {
  response.set('WWW-Authenticate', 'Basic realm="postrider"');
  throw new AppError('unauthorized', 'Invalid credentials');
};

const sha256 = (given: string | Buffer): Buffer => createHash('sha256').update(given).digest();
