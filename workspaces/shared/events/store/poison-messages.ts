import type { PoisonMessage } from '../../kafka/consumer.ts';
import type { Clock } from '../../service/clock.ts';
import type { Logger } from '../../service/logger.ts';
import { persistently } from '../../service/persistence.ts';
import type { Database } from './database.ts';

/** A message on one of our topics that is none of ours, kept for a person to look at. */
export interface PoisonDocument {
  /** `topic:partition:offset`: recorded once, however often it is met. */
  _id: string;
  value?: string | undefined;
  error: string;
  at: Date;
}

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
