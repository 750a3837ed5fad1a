import { PRIORITIES, type Priority, type ProviderName } from '@postrider/shared/events/channels.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import { reserveSends } from '@postrider/shared/events/store/rates.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import { RateLimit } from './rate-limit.ts';

/**
 * Milliseconds for which moments are reserved ahead. Default events see a moment only when it is near, so critical ones that come to
 * a busy account get the next but few; where these use up the rate, no default event ever sees one.
 */
const HORIZON_MS: Record<Priority, number> = { critical: 1_000, default: 250 };

/** The limits of the providers' accounts; those without one cost nothing. */
export class RateLimits {
  readonly #limits: Map<ProviderName, Record<Priority, RateLimit>>;

  constructor(
    perSecond: ReadonlyMap<ProviderName, number>,
    { database, clock, maxWaitMs }: { database: Database; clock: Clock; maxWaitMs: number },
  ) {
    const limitOf = (account: ProviderName, rate: number, priority: Priority): RateLimit =>
      new RateLimit({
        perSecond: rate,
        horizonMs: HORIZON_MS[priority],
        maxWaitMs,
        reserve: (wanted) => reserveSends(database, account, wanted),
        clock,
      });
    this.#limits = new Map(
      [...perSecond].map(([account, rate]) => [
        account,
        { critical: limitOf(account, rate, 'critical'), default: limitOf(account, rate, 'default') },
      ]),
    );
  }

  /** What an event has to wait for before it is sent; undefined where nothing limits its provider. */
  turnOf({ provider, priority }: { provider: ProviderName; priority: Priority }): (() => Promise<boolean>) | undefined {
    const limit = this.#limits.get(provider)?.[priority];
    return limit && (() => limit.turn());
  }

  stop(): void {
    for (const limits of this.#limits.values()) for (const priority of PRIORITIES) limits[priority].stop();
  }
}
