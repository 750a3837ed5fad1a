import { messageOf } from '../errors/app-error.ts';
import { isTlsFault } from '../service/tls-fault.ts';

/** What Kafka or TLS has against our settings, in a sentence; undefined where trying again may help. */
export function refusalOfKafka(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'KafkaJSSASLAuthenticationError')
      return `Kafka refuses KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD: ${messageOf(cause)}`;
    if ('code' in cause && isTlsFault(cause.code))
      return `no TLS with Kafka (KAFKA_BROKERS, KAFKA_SSL, KAFKA_SSL_CA_FILE): ${messageOf(cause)}`;
  }
  return undefined;
}
