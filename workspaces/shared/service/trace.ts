import { hash, randomFillSync } from 'node:crypto';

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

/** Undefined where it is missing or malformed. */
export function parseTraceparent(
  traceparent: string | undefined,
): { traceId: string; spanId: string; flags: string } | undefined {
  if (!traceparent) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? [];
  return traceId && !ZEROS.test(traceId) && !ZEROS.test(spanId) ? { traceId, spanId, flags } : undefined;
}

/** The caller's trace with a span of our own, or a new sampled trace where the header is missing or malformed. */
export function continueTrace(traceparent: string | undefined): string {
  const parent = parseTraceparent(traceparent);
  const random = randomHex();
  return `00-${parent?.traceId ?? random.slice(0, 32)}-${random.slice(32)}-${parent?.flags ?? '01'}`;
}

export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

export function spanIdOf(traceparent: string): string {
  return traceparent.slice(36, 52);
}

/** A span of the same trace whose id follows from its name: others can link to it who were never told of it. */
export function derivedSpan(traceparent: string, name: string): string {
  return `${traceparent.slice(0, 36)}${hash('sha256', name).slice(0, 16)}${traceparent.slice(52)}`;
}
