import { attemptTrace } from '@postrider/shared/events/attempt-trace.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { spanIdOf } from '@postrider/shared/service/trace.ts';
import { recordedTracing } from '@postrider/shared/service/tracing/tracing-in-test.ts';
import type { Dispatcher } from 'undici';
import { exchange } from '../providers/http-exchange.ts';
import { DeliveryTrace, endAttempt } from './delivery-trace.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const message = {
  traceparent: SENT,
  takenAt: Date.now() - 50,
  topic: 'retry-events',
  groupId: 'dispatcher-retry',
  partition: 3,
  offset: '41',
};
const eventOf = (attempts: number) =>
  ({
    _id: '01b97732-de80-7000-8000-000000000000',
    channel: 'webhook',
    priority: 'default',
    provider: 'webhook',
    attempts,
    traceparent: `00-${TRACE}-aaaaaaaaaaaaaaaa-01`,
    payload: { url: 'https://shop.example/hooks/secret?key=secret', body: '{"secret":1}' },
  }) as EventDocument;

/** A client that answers at once. */
const answering = (status: number) =>
  ({
    dispatch: (_request: unknown, handler: Dispatcher.DispatchHandler) => {
      const controller = {} as Dispatcher.DispatchController;
      handler.onRequestStart?.(controller, {});
      handler.onResponseStart?.(controller, status, {});
      handler.onResponseEnd?.(controller, {});
      return true;
    },
  }) as Dispatcher;

const FAILED: SendResult = {
  outcome: 'failed',
  errorClass: 'provider_down',
  retryable: true,
  code: '500',
  detail: 'x',
};

describe('the spans of a delivery', () => {
  it('are that of its message, below the sending of it, and that of the call, which becomes the HTTP request', async () => {
    const tracing = recordedTracing();
    const trace = new DeliveryTrace(tracing, message);
    const event = eventOf(1);
    const request = { origin: 'https://shop.example', path: '/hooks/secret?key=secret', method: 'POST' as const };
    let handedOn = '';
    await trace.call(event, async ({ traceparent }) => {
      handedOn = traceparent;
      await exchange(answering(500), request, { signal: new AbortController().signal, keepBody: false });
      return FAILED;
    });
    endAttempt(trace.attempt(event), FAILED);
    const [call, attempt] = tracing.spans();
    expect(spanIdOf(handedOn)).toBe(call?.spanContext().spanId);
    expect(call).toMatchObject({
      name: 'POST',
      parentSpanContext: { spanId: attempt?.spanContext().spanId },
      attributes: {
        'server.address': 'shop.example',
        'server.port': 443,
        'http.response.status_code': 500,
        'error.type': 'provider_down',
      },
    });
    expect(attempt).toMatchObject({
      name: 'process retry-events',
      parentSpanContext: { spanId: '00f067aa0ba902b7' },
      attributes: { 'postrider.attempt': 2, 'messaging.kafka.offset': 41, 'postrider.outcome': 'failed' },
    });
    expect(JSON.stringify([call?.attributes, attempt?.attributes])).not.toContain('secret');
  });

  it('go back to the attempt before, whose id is known without having been told', () => {
    const tracing = recordedTracing();
    for (const attempts of [0, 1]) {
      endAttempt(new DeliveryTrace(tracing, message).attempt(eventOf(attempts)), { outcome: 'delivered' });
    }
    const [first, second] = tracing.spans();
    expect(first?.links).toEqual([]);
    expect(second?.links.map(({ context }) => context.spanId)).toEqual([first?.spanContext().spanId]);
    expect(first?.spanContext().spanId).toBe(spanIdOf(attemptTrace(eventOf(0), 1)));
  });

  it('are of no attempt where the event is put off', () => {
    const tracing = recordedTracing();
    const event = eventOf(0);
    const { traceparent } = new DeliveryTrace(tracing, message).deferred(event, 'circuit_open');
    const [span] = tracing.spans();
    expect(spanIdOf(traceparent)).toBe(span?.spanContext().spanId);
    expect(spanIdOf(traceparent)).not.toBe(spanIdOf(attemptTrace(event, 1)));
    expect(span?.attributes).toMatchObject({ 'postrider.outcome': 'deferred', 'postrider.reason': 'circuit_open' });
  });
});
