import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { ConfigError, list } from './config.ts';

export const SCOPES = [
  'events:write',
  'events:read',
  'dead-letters:replay',
  'suppressions:write',
  'recipients:erase',
] as const;
export type Scope = (typeof SCOPES)[number];

/** One key as it is configured: the secret itself is never stored. */
export interface ApiKey {
  id: string;
  /** Hex SHA-256 of the whole key as the client sends it. */
  hash: string;
  scopes: Scope[];
}

const apiKeyLine = z
  .string()
  .regex(/^[A-Za-z0-9_-]+:[0-9a-f]{64}:[a-z:+-]+$/, 'must be id:sha256:scope+scope')
  .transform((line): ApiKey => {
    const [id = '', hash = '', ...scopes] = line.split(':');
    return { id, hash, scopes: scopes.join(':').split('+') as Scope[] };
  })
  .refine((key) => key.scopes.every((scope) => SCOPES.includes(scope)), `scopes are ${SCOPES.join(', ')}`);

export const authSettings = {
  /** `required`, or `disabled` for a system that only listens on loopback. */
  AUTH: z.enum(['required', 'disabled']).default('required'),
  /** Comma-separated `id:sha256:scope+scope`, as scripts/create-api-key.sh prints them. */
  API_KEYS: list(apiKeyLine).default([]),
};

/** @throws ConfigError when authentication is on and no key could ever pass. */
export function requireKeys(settings: { AUTH: 'required' | 'disabled'; API_KEYS: ApiKey[] }): void {
  if (settings.AUTH === 'required' && settings.API_KEYS.length === 0) {
    throw new ConfigError(
      'faulty settings:\n  API_KEYS: is required (scripts/create-api-key.sh makes one), or set AUTH=disabled',
    );
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A new key: `prk_<id>_<128-bit secret>`, shown once, and the line to configure. */
export function createApiKey(id: string, scopes: Scope[]): { key: string; line: string } {
  const key = `prk_${id}_${randomBytes(16).toString('base64url')}`;
  return { key, line: `${id}:${sha256(key).toString('hex')}:${scopes.join('+')}` };
}

/** Who asks: the key's id, or `anonymous` where authentication is off. */
export function callerOf(request: Request): string {
  return (request as Request & { caller?: string }).caller ?? 'anonymous';
}

/** 401 without a known key, 403 where the key lacks the scope. */
export function authenticate(settings: { AUTH: 'required' | 'disabled'; API_KEYS: ApiKey[] }) {
  const keys = settings.API_KEYS.map((key) => ({ ...key, digest: Buffer.from(key.hash, 'hex') }));
  return (scope: Scope): RequestHandler =>
    (request, response, next) => {
      if (settings.AUTH === 'disabled') return next();
      const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const digest = token === undefined ? undefined : sha256(token);
      // All keys are compared, each in constant time: the time taken tells nothing about which one matched.
      const found = digest ? keys.filter((key) => timingSafeEqual(key.digest, digest))[0] : undefined;
      if (!found) {
        response.set('WWW-Authenticate', 'Bearer');
        return next(new AppError('unauthorized', 'send a valid API key as Authorization: Bearer'));
      }
      if (!found.scopes.includes(scope))
        return next(new AppError('forbidden', `this API key lacks the scope ${scope}`));
      (request as Request & { caller?: string }).caller = found.id;
      next();
    };
}
