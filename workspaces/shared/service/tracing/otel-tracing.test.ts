import { traceIdOf, spanIdOf } from '../trace.ts';
import { samplerOf } from './otel-tracing.ts';
import { readSettings } from '../config.ts';
import { tracingSettings } from './settings.ts';
import { recordedTracing } from './tracing-in-test.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const parent = `00-${traceId}-${spanId}-01`;

const sampledBy = (sampler: string, ratio = '1') =>
  recordedTracing(
    samplerOf(readSettings(tracingSettings, { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio })),
  );

describe('a span', () => {
  it('is the child of a traceparent, and others are its children by its own', () => {
    const tracing = recordedTracing();
    const first = tracing.start('first', { kind: 'server', parent });
    const second = tracing.start('second', { kind: 'client', parent: first.traceparent });
    second.end();
    first.end();
    const [child, root] = tracing.spans();
    expect(root?.parentSpanContext).toMatchObject({ traceId, spanId });
    expect(child?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    expect(first.traceparent).toBe(`00-${traceId}-${root?.spanContext().spanId}-01`);
  });

  it.each([undefined, '', 'nonsense', `00-${traceId}-${'0'.repeat(16)}-01`])(
    'begins a new trace below %p',
    (malformed) => {
      const tracing = recordedTracing();
      const span = tracing.start('first', { kind: 'internal', parent: malformed });
      span.end();
      expect(tracing.spans()[0]?.parentSpanContext).toBeUndefined();
      expect(traceIdOf(span.traceparent)).toMatch(/^[0-9a-f]{32}$/);
      expect(traceIdOf(span.traceparent)).not.toBe(traceId);
    },
  );

  it('has the id that others know, and the next one has another', () => {
    const tracing = recordedTracing();
    const known = tracing.start('known', { kind: 'consumer', parent, spanId: 'abcdefabcdefabcd' });
    const other = tracing.start('other', { kind: 'consumer', parent });
    expect(spanIdOf(known.traceparent)).toBe('abcdefabcdefabcd');
    expect(spanIdOf(other.traceparent)).not.toBe('abcdefabcdefabcd');
  });

  it('links to other spans, and fails with a class of errors', () => {
    const tracing = recordedTracing();
    tracing
      .start('second try', { kind: 'consumer', links: [parent, 'nonsense'], attributes: { n: 2, none: undefined } })
      .end('timeout');
    const [span] = tracing.spans();
    expect(span?.links.map(({ context }) => context)).toEqual([expect.objectContaining({ traceId, spanId })]);
    expect(span).toMatchObject({ attributes: { n: 2, 'error.type': 'timeout' }, status: { code: 2 } });
    expect(span?.attributes).not.toHaveProperty('none');
  });
});

describe('a sampler', () => {
  it.each([
    ['parentbased_always_on', parent, '01'],
    ['parentbased_always_on', undefined, '01'],
    ['parentbased_always_on', `00-${traceId}-${spanId}-00`, '00'],
    ['parentbased_always_off', undefined, '00'],
    ['parentbased_traceidratio', parent, '01'],
    ['parentbased_traceidratio', undefined, '00'],
    ['always_on', `00-${traceId}-${spanId}-00`, '01'],
    ['always_off', parent, '00'],
    ['traceidratio', parent, '00'],
  ])('%s makes of %s the flags %s, by which later spans go', (sampler, traceparent, flags) => {
    const tracing = sampledBy(sampler, '0');
    const span = tracing.start('first', { kind: 'server', parent: traceparent });
    span.set({ harmless: true });
    span.end('timeout');
    expect(span.traceparent.slice(-2)).toBe(flags);
    expect(tracing.spans()).toHaveLength(flags === '01' ? 1 : 0);
  });
});
