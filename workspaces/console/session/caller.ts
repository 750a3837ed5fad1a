import { requestSpan } from '@postrider/shared/service/tracing/request-span.ts';
import type { Request } from 'express';
import type { Caller } from '../api/api.ts';
import { keyOf } from './cookie.ts';

/** Whoever sent this request asks the services, too, in the trace of it. Without a key they may be open to everybody. */
export function callerOf(request: Request): Caller {
  return { key: keyOf(request), traceparent: requestSpan(request)?.traceparent };
}
