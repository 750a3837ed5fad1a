import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { activeSpan } from '@postrider/shared/service/tracing/active-span.ts';
import type { Dispatcher } from 'undici';
import { BlockedAddressError } from '../ssrf/address-guard.ts';
import { describeExchange } from './exchange-span.ts';

/** How one HTTP request ended; the three differ in what may have happened at the other side. */
export type Exchange =
  | {
      kind: 'answered';
      status: number;
      /** Names in lower case. */
      headers: Dispatcher.ResponseData['headers'];
      retryAfter: string | undefined;
      body: string;
    }
  /** Not a byte of it left. */
  | { kind: 'unsent'; error: unknown }
  /** It was written, and no status line came back. */
  | { kind: 'unanswered'; error: unknown };

export interface ExchangeOptions {
  signal: AbortSignal;
  /** Whether the response's text is wanted; it is read in either case, so that the connection can be used again. */
  keepBody: boolean;
}

// Bytes of a response to read; more of it costs the connection, not the result.
const RESPONSE_LIMIT = 65_536;

/** Never rejects. undici's `dispatch` is called directly: its `request` does not say whether a request was written. */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  options: ExchangeOptions,
): Promise<Exchange> {
  const ended = new Promise<Exchange>((resolve) => {
    if (options.signal.aborted) return resolve({ kind: 'unsent', error: options.signal.reason });
    dispatcher.dispatch(request, new ExchangeHandler(options, resolve));
  });
  const span = activeSpan.getStore();
  return span ? describeExchange(span, request, ended) : ended;
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: Exchange) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #status = 0;
  #headers: Dispatcher.ResponseData['headers'] = {};
  #received = 0;
  #chunks: Buffer[] = [];

  constructor(options: ExchangeOptions, resolve: (result: Exchange) => void) {
    this.#options = options;
    this.#resolve = resolve;
    options.signal.addEventListener('abort', this.#giveUp);
  }

  readonly #giveUp = (): void => {
    this.#settle(this.#options.signal.reason);
    this.#controller?.abort(new Error('the time limit is over'));
  };

  /** Called when a connection is there, just before the request is written to it. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown, and not aborted: the connection has done nothing wrong and serves the next request.
    if (this.#settled) throw new Error('given up before it was sent');
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Dispatcher.ResponseData['headers']): void {
    // 1xx: the response proper is still to come.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.#options.keepBody) this.#chunks.push(chunk);
    if (this.#received < RESPONSE_LIMIT) return;
    this.#settle(undefined);
    controller.abort(new Error('the response is too long'));
  }

  onResponseEnd(): void {
    this.#settle(undefined);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#settle(error);
  }

  #settle(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.signal.removeEventListener('abort', this.#giveUp);
    if (this.#status > 0) {
      const body = this.#options.keepBody ? Buffer.concat(this.#chunks).toString() : '';
      const wait = this.#headers['retry-after'];
      const retryAfter = typeof wait === 'string' ? wait : undefined;
      this.#resolve({ kind: 'answered', status: this.#status, headers: this.#headers, retryAfter, body });
    } else {
      this.#resolve({ kind: this.#controller ? 'unanswered' : 'unsent', error });
    }
  }
}

/** The result of a request that got no answer. */
export function withoutAnswer(ended: Exclude<Exchange, { kind: 'answered' }>, signal: AbortSignal): SendResult {
  const code = signal.aborted ? 'TIME_LIMIT' : codeOf(ended.error);
  if (ended.kind === 'unanswered') {
    return {
      outcome: 'failed',
      errorClass: 'unknown_outcome',
      retryable: true,
      code,
      detail: 'sent, but no answer came',
    };
  }
  if (signal.aborted) {
    return {
      outcome: 'failed',
      errorClass: 'timeout',
      retryable: true,
      code,
      detail: 'not sent within the time limit',
    };
  }
  if (ended.error instanceof BlockedAddressError) {
    return { outcome: 'failed', errorClass: 'blocked_address', retryable: false, code, detail: ended.error.message };
  }
  // undici refuses what it cannot write as HTTP, such as a malformed header.
  if (code === 'UND_ERR_INVALID_ARG') {
    return { outcome: 'failed', errorClass: 'rejected', retryable: false, code, detail: 'not a valid HTTP request' };
  }
  return { outcome: 'failed', errorClass: 'network', retryable: true, code, detail: 'no connection came about' };
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'UNKNOWN';
}
