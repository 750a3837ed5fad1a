import { messageOf } from '@postrider/shared/errors/app-error.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import type { EventProducer } from '@postrider/shared/kafka/producer.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import { withinTime } from '@postrider/shared/service/time-limit.ts';
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

/** A liveness probe waits for a second only (Kubernetes' default): a MongoDB that hangs must not look like a process that does. */
const PING_LIMIT_MS = 500;

/**
 * What GET /health answers besides the service's name, in one form for all former systems. 200 whatever the dependencies do:
 * starting this process anew would help none of them.
 */
export function describeHealth({ database, producer, clock, format }: HealthParts) {
  const mongodb = async (): Promise<State> => {
    const reason = await withinTime('a ping', PING_LIMIT_MS, database.notReady()).catch(messageOf);
    return reason === undefined ? 'ok' : 'unavailable';
  };
  return async () => ({
    status: format === 'health-alerts' ? 'OK' : 'ok',
    timestamp: pythonTime(clock.now()),
    dependencies: { mongodb: await mongodb(), kafka: producer.state },
  });
}
