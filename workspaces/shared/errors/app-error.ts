/** The closed list of errors a client can be told about, with the HTTP status of each. */
export const ERROR_STATUS = {
  invalid_json: 400,
  validation_failed: 400,
  /** What came is no HTTP, or a target that is none. */
  malformed_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  request_timeout: 408,
  conflict: 409,
  idempotency_conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  headers_too_large: 431,
  internal: 500,
  overloaded: 503,
  unavailable: 503,
  query_too_slow: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One faulty field of a request: `path` as the client wrote it (`payload.to`, `events.3.channel`). */
export interface FieldError {
  path: string;
  message: string;
}

export interface AppErrorDetails {
  fields?: FieldError[];
  /** Seconds after which the client may try again; sent as Retry-After. */
  retryAfter?: number;
  cause?: unknown;
}

/** The only error that services raise on purpose; whatever else is thrown is a bug and answered as `internal`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldError[];
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, details: AppErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'AppError';
    this.code = code;
    this.fields = details.fields ?? [];
    this.retryAfter = details.retryAfter;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** What was thrown, as a message fit for a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
