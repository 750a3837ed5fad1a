import type { FieldError } from '@postrider/shared/errors/app-error.ts';

/** What a service refused, in its own words. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly status: number;
  readonly fields: FieldError[];

  constructor(status: number, detail: string, fields: FieldError[] = []) {
    super(detail);
    this.status = status;
    this.fields = fields;
  }
}

/** A service that did not answer (503), or not what this console understands (502). */
export class ServiceAway extends Error {
  override name = 'ServiceAway';
  readonly status: 502 | 503;

  constructor(status: 502 | 503, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}
