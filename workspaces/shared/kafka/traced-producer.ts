import type { Tracing } from '../service/tracing/tracing.ts';
import type { KafkaSettings } from './client.ts';
import type { EventProducer, OutgoingMessage } from './producer.ts';
import { topicName } from './topics.ts';

/**
 * A span for each message, whose context goes with it; none for a request to Kafka as a whole: that carries messages of hundreds of
 * traces (docs/decisions/0012-traces.md). https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function tracedProducer(
  producer: EventProducer,
  settings: Pick<KafkaSettings, 'KAFKA_PREFIX'>,
  tracing: Tracing | undefined,
): EventProducer {
  if (!tracing) return producer;
  const start = ({ topic, traceparent, cause }: OutgoingMessage, count: number) => {
    const name = topicName(settings, topic);
    return tracing.start(`send ${name}`, {
      kind: 'producer',
      parent: traceparent,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'send',
        'messaging.operation.name': 'send',
        'messaging.destination.name': name,
        ...(count > 1 && { 'messaging.batch.message_count': count }),
        ...(cause && { 'postrider.cause': cause }),
      },
    });
  };
  return {
    send: async (messages) => {
      const spans = messages.map((message) => start(message, messages.length));
      const carried = messages.map((message, at) => ({ ...message, traceparent: spans[at]?.traceparent ?? '' }));
      try {
        await producer.send(carried);
        for (const span of spans) span.end();
      } catch (error) {
        for (const span of spans) span.end(error instanceof Error ? error.name : 'unknown');
        throw error;
      }
    },
    close: () => producer.close(),
  };
}
