import { setTimeout as pause } from 'node:timers/promises';
import type { LoadReport } from '../load/generator.ts';
import type { LoadStage } from '../stage.ts';

const LOOK_EVERY_MS = 50;
/** Nothing new for so long means that nothing more will come; a retry of the default rules comes sooner. */
const STALL_LIMIT_MS = 40_000;
const LIMIT_MS = 900_000;

/** @throws unless every event of the load was accepted. */
export function requireAccepted(report: LoadReport, events: number): void {
  if (report.accepted === events) return;
  const reasons = Object.entries(report.refused).map(([reason, count]) => `${count} with ${reason}`);
  throw new Error(`${events - report.accepted} of ${events} events were not accepted: ${reasons.join(', ')}`);
}

/**
 * Waits until so many different events have arrived at the sink.
 * @throws when they do not: an accepted event that is never delivered is lost, and speeds mean nothing then.
 */
export async function untilDelivered({ sink }: LoadStage, events: number, path?: string): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  let best = 0;
  let lastNews = performance.now();
  for (;;) {
    const { unique } = await sink.call('progress', path);
    if (unique > events) throw new Error(`PHANTOM: ${unique} events arrived, but only ${events} were accepted`);
    if (unique === events) return;
    const now = performance.now();
    if (unique > best) [best, lastNews] = [unique, now];
    if (now - lastNews > STALL_LIMIT_MS || now > deadline)
      throw new Error(`LOST: ${events - unique} of ${events} accepted events did not arrive at the sink`);
    await pause(LOOK_EVERY_MS);
  }
}
