import type { Database } from '@postrider/shared/events/store/database.ts';
import type { EventProducer } from '@postrider/shared/kafka/producer.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import type { IntegrationSettings } from './settings.ts';
import { pythonTime } from './python-time.ts';

type State = 'ok' | 'unavailable';

/** A producer that remembers how its last request ended. */
export function watchProducer(producer: EventProducer): EventProducer & { readonly state: State } {
  let state: State = 'ok';
  return {
    get state() {
      return state;
    },
    async send(messages) {
      try {
        await producer.send(messages);
        state = 'ok';
      } catch (error) {
        state = 'unavailable';
        throw error;
      }
    },
    close: () => producer.close(),
  };
}

interface HealthParts {
  database: Pick<Database, 'notReady'>;
  producer: { readonly state: State };
  clock: Clock;
  format: IntegrationSettings['HEALTH_FORMAT'];
}

/**
 * What GET /health answers besides the service's name, in one form for all former systems. 200 whatever the dependencies do:
 * starting this process anew would help none of them.
 */
export function describeHealth({ database, producer, clock, format }: HealthParts) {
  return async () => ({
    status: format === 'health-alerts' ? 'OK' : 'ok',
    timestamp: pythonTime(clock.now()),
    dependencies: { mongodb: (await database.notReady()) ? 'unavailable' : 'ok', kafka: producer.state },
  });
}
