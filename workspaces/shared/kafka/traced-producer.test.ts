import { AppError } from '../errors/app-error.ts';
import { spanIdOf, traceIdOf } from '../service/trace.ts';
import { recordedTracing } from '../service/tracing/tracing-in-test.ts';
import type { EventProducer, OutgoingMessage } from './producer.ts';
import { tracedProducer } from './traced-producer.ts';

const settings = { KAFKA_PREFIX: 'shop.' };
const traceparent = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
const message = (digit: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  topic: 'critical',
  value: '{}',
  timestamp: new Date(),
  traceparent: traceparent(digit),
  ...more,
});

/** A producer that keeps what it is given, or fails. */
function producerOf(failure?: Error): EventProducer & { sent: OutgoingMessage[] } {
  const sent: OutgoingMessage[] = [];
  return {
    sent,
    send: async (messages) => {
      if (failure) throw failure;
      sent.push(...messages);
    },
    close: async () => undefined,
  };
}

describe('a message on its way to Kafka', () => {
  it("has a span below its event's, and carries the context of that", async () => {
    const tracing = recordedTracing();
    const producer = producerOf();
    await tracedProducer(producer, settings, tracing).send([
      message('a'),
      message('b', { topic: 'retry', cause: 'due' }),
    ]);
    const spans = tracing.spans();
    expect(spans.map(({ name }) => name)).toEqual(['send shop.critical-events', 'send shop.retry-events']);
    expect(spans.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(['a'.repeat(16), 'b'.repeat(16)]);
    expect(producer.sent.map((sent) => [traceIdOf(sent.traceparent), spanIdOf(sent.traceparent)])).toEqual([
      ['a'.repeat(32), spans[0]?.spanContext().spanId],
      ['b'.repeat(32), spans[1]?.spanContext().spanId],
    ]);
    expect(spans[1]?.attributes).toMatchObject({ 'messaging.batch.message_count': 2, 'postrider.cause': 'due' });
  });

  it('that may not be there has failed, and its sender learns it', async () => {
    const tracing = recordedTracing();
    const refused = new AppError('overloaded', 'too much');
    await expect(tracedProducer(producerOf(refused), settings, tracing).send([message('a')])).rejects.toBe(refused);
    expect(tracing.spans()[0]?.attributes).toMatchObject({ 'error.type': refused.name });
  });

  it('is handed to the producer itself while tracing is off', () => {
    const producer = producerOf();
    expect(tracedProducer(producer, settings, undefined)).toBe(producer);
  });
});
