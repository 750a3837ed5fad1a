import { type RawRequest, rawBody } from '@postrider/shared/service/raw-body.ts';
import type { Request } from 'express';

const MAX_FORM_BYTES = 16_384;

export const readForm = rawBody(MAX_FORM_BYTES);

/** The fields of a form that `readForm` has read; of several with one name the last. */
export function formOf(request: Request): Partial<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams((request as RawRequest).body.toString('utf8')));
}
