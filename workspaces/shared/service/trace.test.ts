import { continueTrace, traceIdOf } from './trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const WELL_FORMED = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

describe('the trace of a request', () => {
  it("goes on under the caller's id and flags, with a span of our own", () => {
    for (const flags of ['00', '01']) {
      const ours = continueTrace(`00-${traceId}-${spanId}-${flags}`);
      expect(ours).toMatch(WELL_FORMED);
      expect(traceIdOf(ours)).toBe(traceId);
      expect(ours).not.toContain(spanId);
      expect(ours.endsWith(`-${flags}`)).toBe(true);
    }
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['cut short', `00-${traceId}-${spanId}`],
    ['in capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['of a forbidden version', `ff-${traceId}-${spanId}-01`],
    ['followed by something else', `00-${traceId}-${spanId}-01\r\nx: y`],
    ['without a trace id', `00-${'0'.repeat(32)}-${spanId}-00`],
    ['without a parent', `00-${traceId}-${'0'.repeat(16)}-00`],
  ])('starts anew, and sampled, when the header is %s', (_case, header) => {
    const ours = continueTrace(header);
    expect(ours).toMatch(WELL_FORMED);
    expect(ours).not.toContain(traceId);
    expect(ours.endsWith('-01')).toBe(true);
  });

  it('is another one for every request', () => {
    const traces = Array.from({ length: 1_000 }, () => continueTrace(undefined));
    expect(new Set(traces.map(traceIdOf)).size).toBe(1_000);
  });
});
