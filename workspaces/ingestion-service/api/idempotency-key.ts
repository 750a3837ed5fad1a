import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { Request } from 'express';

/** The Idempotency-Key header of a request, where it has one. */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return undefined;
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new AppError('validation_failed', 'the request has faulty fields', {
    fields: [{ path: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }],
  });
}

/** The answer to another request under a key that is taken. */
export function keyConflict(eventId: string): AppError {
  return new AppError('idempotency_conflict', `this idempotency key was used for another request, event ${eventId}`);
}
