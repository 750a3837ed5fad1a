/**
 * The wait that a Retry-After header asks for, in milliseconds; undefined where it is absent or malformed.
 * RFC 9110, 10.2.3: whole seconds, or an HTTP date.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes much more than HTTP dates, such as "-5" or "2.5".
  const at = /^[A-Z][a-z]+, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
