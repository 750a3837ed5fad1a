import type { Status } from '@postrider/shared/events/status.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { findDueStatuses } from '@postrider/shared/events/store/due.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import { recent } from '@postrider/shared/service/recent.ts';

/** What the rounds of this service look for. QUEUED is the sweeper's. */
const LOOKED_FOR = ['SCHEDULED', 'RETRYING', 'PROCESSING', 'FAILED', 'SENT', 'DEAD_LETTERED'] as const;
export type LookedFor = (typeof LOOKED_FOR)[number];

/** Whether any event of these statuses is due, by an answer of MongoDB that is younger than `maxAgeMs`. */
export type DueLook = (maxAgeMs: number, ...statuses: LookedFor[]) => Promise<boolean>;

/** Most looks find nothing: one small query tells so to all rounds, in place of the queries that each would make. */
export function createDueLook(database: Database, clock: Clock): DueLook {
  const look = recent(() => findDueStatuses(database, LOOKED_FOR, clock.now()));
  return async (maxAgeMs, ...statuses) => {
    const due: ReadonlySet<Status> = await look(maxAgeMs);
    return statuses.some((status) => due.has(status));
  };
}
