import type { KafkaMessage } from 'kafkajs';
import type { Attributes } from '../service/tracing/tracing.ts';

/** Where a message came from, and in which trace. */
export interface MessageTrace {
  traceparent: string | undefined;
  /** Milliseconds since the epoch. */
  takenAt: number;
  topic: string;
  groupId: string;
  partition: number;
  offset: string;
}

export function traceOf(
  { headers, offset }: KafkaMessage,
  source: Pick<MessageTrace, 'topic' | 'groupId' | 'partition'>,
): MessageTrace {
  return { traceparent: headers?.['traceparent']?.toString(), takenAt: Date.now(), ...source, offset };
}

/** https://opentelemetry.io/docs/specs/semconv/messaging/kafka/ */
export function processAttributes({ topic, groupId, partition, offset }: MessageTrace): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.consumer.group.name': groupId,
    'messaging.kafka.offset': Number(offset),
  };
}
