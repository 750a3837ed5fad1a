import { randomFillSync } from 'node:crypto';

// W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZEROS = /^0+$/;

const ID_BYTES = 24;
/** Filled for many ids at once: a call of the generator costs more than the bytes. */
const pool = Buffer.alloc(ID_BYTES * 256);
let used = pool.length;

function randomHex(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString('hex', used - ID_BYTES, used);
}

/** The caller's trace with a span of our own, or a new sampled trace where the header is missing or malformed. */
export function continueTrace(traceparent: string | undefined): string {
  const [, traceId = '', parentId = '', flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const valid = traceId && !ZEROS.test(traceId) && !ZEROS.test(parentId);
  const random = randomHex();
  return `00-${valid ? traceId : random.slice(0, 32)}-${random.slice(32)}-${valid ? flags : '01'}`;
}

export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
