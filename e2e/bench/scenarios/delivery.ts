import { setTimeout as pause } from 'node:timers/promises';
import type { Progress } from '../load/arrivals.ts';
import type { LoadReport } from '../load/generator.ts';
import type { LoadStage } from '../stage.ts';

const LOOK_EVERY_MS = 50;
/** Nothing new for so long means that nothing more will come; a retry of the default rules comes sooner. */
const STALL_LIMIT_MS = 40_000;
const LIMIT_MS = 900_000;

/** @throws unless every event of the load was accepted. */
export function requireAccepted(report: Pick<LoadReport, 'accepted' | 'refused'>, events: number): void {
  if (report.accepted === events) return;
  const reasons = Object.entries(report.refused).map(([reason, count]) => `${count} with ${reason}`);
  throw new Error(`${events - report.accepted} of ${events} events were not accepted: ${reasons.join(', ')}`);
}

/**
 * Waits until so many different events have arrived at the sink, and no more of them.
 * @throws when they do not: an accepted event that is never delivered is lost, and speeds mean nothing then.
 */
export async function untilDelivered(stage: Pick<LoadStage, 'sink'>, events: number): Promise<void> {
  const { unique } = await untilArrived(stage, events);
  if (unique > events) throw new Error(`PHANTOM: ${unique} events arrived, but only ${events} were accepted`);
}

/** Waits until at least so many different events have arrived at the sink; answers what has. */
export async function untilArrived({ sink }: Pick<LoadStage, 'sink'>, events: number): Promise<Progress> {
  const deadline = performance.now() + LIMIT_MS;
  let best = 0;
  let lastNews = performance.now();
  for (;;) {
    const progress = await sink.call('progress', undefined);
    const { unique } = progress;
    if (unique >= events) return progress;
    const now = performance.now();
    if (unique > best) [best, lastNews] = [unique, now];
    if (now - lastNews > STALL_LIMIT_MS || now > deadline)
      throw new Error(`LOST: ${events - unique} of ${events} accepted events did not arrive at the sink`);
    await pause(LOOK_EVERY_MS);
  }
}
