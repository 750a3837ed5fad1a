import { type KeyObject, sign } from 'node:crypto';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { z } from 'zod';
import { withoutAnswer } from './http-exchange.ts';
import { AUTH, classOfStatus, type JsonApi, parseJson, refused } from './json-api.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Seconds that an assertion is valid; Google takes an hour at most. */
const ASSERTION_SECONDS = 3_600;
/** A token is not used in its last minute: it has to arrive in time. Milliseconds. */
const MARGIN_MS = 60_000;
/** Time limit of fetching one, which is for many sends and bound to none of them; milliseconds. */
const FETCH_TIMEOUT_MS = 5_000;

export interface ServiceAccount {
  clientEmail: string;
  privateKey: KeyObject;
  tokenUrl: string;
}

type Fetched = { token: string; usableUntil: number } | { failure: SendResult };

/**
 * Access tokens of a service account, each fetched once for all who want it at a time, and kept until it ends.
 * https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export class GoogleAccessToken {
  readonly #api: JsonApi;
  readonly #account: ServiceAccount;
  readonly #now: () => number;
  #current: { token: string; usableUntil: number } | undefined;
  #fetching: Promise<Fetched> | undefined;

  constructor(api: JsonApi, account: ServiceAccount, now: () => number = Date.now) {
    this.#api = api;
    this.#account = account;
    this.#now = now;
  }

  /** The token, or the result of the send that cannot have one: nothing of it has been sent then. */
  async get(signal: AbortSignal): Promise<{ token: string } | { failure: SendResult }> {
    if (this.#current && this.#current.usableUntil > this.#now()) return this.#current;
    const fetched = await within(signal, this.#fetchOnce());
    return fetched ?? { failure: overdue() };
  }

  /** This one was refused: the next `get` fetches another. */
  forget(token: string): void {
    if (this.#current?.token === token) this.#current = undefined;
  }

  #fetchOnce(): Promise<Fetched> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<Fetched> {
    const { tokenUrl, clientEmail } = this.#account;
    const form = new URLSearchParams({ grant_type: GRANT, assertion: this.#assertion() });
    const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
    const ended = await this.#api.post(new URL(tokenUrl), form, {}, signal);
    // Whatever became of this request: no message was in it.
    if (ended.kind === 'unanswered') return { failure: overdue() };
    if (ended.kind === 'unsent') return { failure: withoutAnswer(ended, signal) };

    const body = answer.safeParse(parseJson(ended.body)).data;
    if (ended.status === 200 && body?.access_token !== undefined) {
      const usableUntil = this.#now() + (body.expires_in ?? ASSERTION_SECONDS) * 1_000 - MARGIN_MS;
      this.#current = { token: body.access_token, usableUntil };
      return this.#current;
    }
    // 400 invalid_grant: the account is unknown, its key is not, or our clock is wrong.
    const classified = ended.status < 500 && ended.status !== 429 ? AUTH : classOfStatus(ended.status);
    const detail = `no access token: ${body?.error ?? ''} ${body?.error_description ?? ''}`;
    return { failure: refused(ended, { ...classified, code: ended.status, detail }, [clientEmail]) };
  }

  #assertion(): string {
    const { clientEmail, privateKey, tokenUrl } = this.#account;
    const iat = Math.floor(this.#now() / 1_000);
    const claims = { iss: clientEmail, scope: SCOPE, aud: tokenUrl, iat, exp: iat + ASSERTION_SECONDS };
    const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }
}

const answer = z.object({
  access_token: z.string().optional().catch(undefined),
  /** Seconds. */
  expires_in: z.number().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
});

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Undefined when the signal is faster. */
async function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function overdue(): SendResult {
  const detail = 'no access token within the time limit';
  return { outcome: 'failed', errorClass: 'timeout', retryable: true, code: 'TIME_LIMIT', detail };
}
