import type { ErrorClass, SendResult } from '@postrider/shared/events/send-result.ts';
import { Agent, type buildConnector } from 'undici';
import { type Exchange, exchange } from './http-exchange.ts';
import { publicDetail } from './public-detail.ts';
import { retryAfterMs } from './retry-after.ts';

export type Answered = Extract<Exchange, { kind: 'answered' }>;

export interface Classified {
  errorClass: ErrorClass;
  retryable: boolean;
}

export const BAD_RECIPIENT: Classified = { errorClass: 'bad_recipient', retryable: false };
export const REJECTED: Classified = { errorClass: 'rejected', retryable: false };
export const RATE_LIMITED: Classified = { errorClass: 'rate_limited', retryable: true };
export const UNSUBSCRIBED: Classified = { errorClass: 'unsubscribed', retryable: false };
export const QUOTA: Classified = { errorClass: 'quota', retryable: true };
export const AUTH: Classified = { errorClass: 'auth', retryable: true };
export const DOWN: Classified = { errorClass: 'provider_down', retryable: true };
export const UNKNOWN: Classified = { errorClass: 'unknown_outcome', retryable: true };

/** What an HTTP status says by itself, where a provider's own code says nothing, or nothing known. */
export function classOfStatus(status: number): Classified {
  // A gateway of the provider's passed it on and got no answer itself.
  if (status === 504) return UNKNOWN;
  if (status >= 500) return DOWN;
  switch (status) {
    case 401:
    case 403:
      return AUTH;
    case 408:
      return { errorClass: 'timeout', retryable: true };
    case 429:
      return RATE_LIMITED;
    default:
      return REJECTED;
  }
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Pooled connections of a provider that is called with JSON over HTTP. */
export class JsonApi {
  readonly #agent: Agent;

  constructor(connect: buildConnector.connector | { timeout: number } = { timeout: CONNECT_TIMEOUT_MS }) {
    // The signal of each send bounds it.
    this.#agent = new Agent({ connect, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Never rejects. What is neither JSON nor a form comes encoded, with its content type among the headers. */
  post(url: URL, body: object | URLSearchParams | Buffer, headers: Record<string, string>, signal: AbortSignal) {
    const isForm = body instanceof URLSearchParams;
    const request = {
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST' as const,
      headers: { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json', ...headers },
      body: isForm ? body.toString() : Buffer.isBuffer(body) ? body : JSON.stringify(body),
    };
    return exchange(this.#agent, request, { signal, keepBody: true });
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** A path below a base address, which may have a path of its own. */
export function below(base: string, path: string): URL {
  return new URL(base.replace(/\/$/, '') + path);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface Refusal extends Classified {
  code: string | number;
  /** The provider's own words. */
  detail: string | undefined;
  retryAfterMs?: number | undefined;
}

/** The result of an answer that is a refusal; `hidden` texts are left out of what it says. */
export function refused(
  answer: Pick<Answered, 'status' | 'retryAfter'>,
  { errorClass, retryable, code, detail, retryAfterMs: ownWait }: Refusal,
  hidden: string[],
): SendResult {
  const wait = ownWait ?? retryAfterMs(answer.retryAfter, Date.now());
  return {
    outcome: 'failed',
    errorClass,
    retryable,
    code: String(code),
    detail: publicDetail(detail ?? '', hidden) || `HTTP ${answer.status}`,
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

/** A success that does not say what became of the message. */
export function senseless(answer: Answered): SendResult {
  return {
    outcome: 'failed',
    ...UNKNOWN,
    code: String(answer.status),
    detail: `HTTP ${answer.status} without a message in it`,
  };
}
