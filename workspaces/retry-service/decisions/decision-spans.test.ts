import { attemptTrace } from '@postrider/shared/events/attempt-trace.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { spanIdOf } from '@postrider/shared/service/trace.ts';
import { recordedTracing } from '@postrider/shared/service/tracing/tracing-in-test.ts';
import { traceDecisions, tracesOf } from './decision-spans.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const now = new Date('2030-01-31T09:00:00Z');
const eventOf = (id: string): EventDocument =>
  ({ _id: id, attempts: 2, provider: 'twilio', traceparent: `00-${TRACE}-${'a'.repeat(16)}-01` }) as EventDocument;
const messageOf = (id: string) => ({
  value: { id, attempt: 2 },
  trace: {
    traceparent: `00-${TRACE}-${'b'.repeat(16)}-01`,
    takenAt: Date.now(),
    topic: 'failed-events',
    groupId: 'retry-service',
    partition: 0,
    offset: '7',
  },
  done: () => undefined,
});

describe('a decision', () => {
  it('is told in the span of the message that asked for it', () => {
    const tracing = recordedTracing();
    const plans = {
      retries: [{ id: 'r', at: now }],
      failovers: [{ event: eventOf('f'), to: 'messagebird' as const }],
      letters: [{ id: 'd', reason: 'exhausted' as const, errorClass: 'timeout' as const }],
    };
    const ids = ['r', 'f', 'd', 'w'];
    const traces = tracesOf(ids.map(messageOf));
    traceDecisions(tracing, plans, ids.map(eventOf), { startedAt: Date.now(), traces });
    const spans = tracing.spans();
    expect(spans.map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId])).toEqual(
      ids.map(() => ['process failed-events', 'b'.repeat(16)]),
    );
    expect(spans.map(({ attributes }) => attributes)).toMatchObject([
      { 'postrider.decision': 'retry', 'postrider.retry.at': now.toISOString() },
      { 'postrider.decision': 'failover', 'postrider.provider': 'messagebird' },
      { 'postrider.decision': 'dead_letter', 'postrider.reason': 'exhausted', 'error.type': 'timeout' },
      { 'postrider.decision': 'wait' },
    ]);
  });

  it('of the reaper stands below the event, and goes back to the attempt', () => {
    const tracing = recordedTracing();
    const plans = { retries: [{ id: 'r', at: now }], failovers: [], letters: [] };
    traceDecisions(tracing, plans, [eventOf('r')], { startedAt: Date.now(), traces: undefined });
    const [span] = tracing.spans();
    expect(span).toMatchObject({ name: 'decide', parentSpanContext: { spanId: 'a'.repeat(16) } });
    expect(span?.links.map(({ context }) => context.spanId)).toEqual([spanIdOf(attemptTrace(eventOf('r'), 2))]);
  });
});
