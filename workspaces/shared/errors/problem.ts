import { STATUS_CODES } from 'node:http';
import { AppError, type FieldError } from './app-error.ts';

/** Problem details of RFC 9457, with the faulty fields as the extension member `errors`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: FieldError[];
}

/** Says to a client what went wrong, and nothing of our inside: an unknown error is `internal`. */
export function toProblem(error: unknown): Problem {
  const known = error instanceof AppError ? error : new AppError('internal', 'an unexpected error; it has been logged');
  return {
    type: 'about:blank',
    title: STATUS_CODES[known.status] ?? 'Error',
    status: known.status,
    code: known.code,
    detail: known.message,
    ...(known.fields.length > 0 && { errors: known.fields }),
  };
}
