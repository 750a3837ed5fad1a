import type { PoisonDocument } from '../poison.ts';
import type { PoisonMessage } from '../../kafka/consumer.ts';
import type { Clock } from '../../service/clock.ts';
import type { Logger } from '../../service/logger.ts';
import { persistently } from '../../service/persistence.ts';
import type { Database } from './database.ts';

/** What a consumer does with poison: keeps it, as long as that takes, and goes on. */
export function poisonRecorder(
  database: Database,
  clock: Clock,
  logger: Logger,
  abandon: AbortSignal,
): (message: PoisonMessage) => Promise<void> {
  return async ({ topic, partition, offset, value, error }) => {
    const _id = `${topic}:${partition}:${offset}`;
    const poison: Omit<PoisonDocument, '_id'> = { value, error, at: clock.now() };
    await persistently('record a poison message', logger, abandon, () =>
      database.poison.updateOne({ _id }, { $setOnInsert: poison }, { upsert: true }),
    );
  };
}
