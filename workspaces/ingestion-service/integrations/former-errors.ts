import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import type { ErrorRequestHandler } from 'express';
import type { z } from 'zod';

/**
 * Errors as the four former systems that were built on FastAPI told them: `{"detail": ...}`, faulty fields with 422. To be the
 * last handler of such a route; what is no AppError goes on, to be logged.
 */
export const answerDetail: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (!(error instanceof AppError) || response.headersSent) return next(error);
  if (error.retryAfter !== undefined) response.set('Retry-After', String(error.retryAfter));
  const faulty = error.fields.length > 0 || error.code === 'invalid_json';
  response.status(faulty ? 422 : error.status).json({
    detail: error.fields.length > 0 ? toDetail(error, request.method === 'GET' ? 'query' : 'body') : error.message,
  });
};

/** https://fastapi.tiangolo.com/tutorial/handling-errors/ */
function toDetail({ fields }: AppError, place: 'query' | 'body') {
  return fields.map(({ path, message }) => ({
    type: 'value_error',
    loc: path === '(body)' ? ['body'] : [place, ...path.split('.')],
    msg: message,
  }));
}

/** Parses what was made of a request; faulty fields are told under the names that the client knows. @throws AppError `validation_failed` */
export function parseRenamed<T extends z.ZodType>(
  schema: T,
  input: unknown,
  names: Record<string, string>,
): z.output<T> {
  try {
    return parseOrThrow(schema, input);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fields = error.fields.map(({ path, message }) => ({ path: names[path] ?? path, message }));
    throw new AppError(error.code, error.message, { fields });
  }
}
