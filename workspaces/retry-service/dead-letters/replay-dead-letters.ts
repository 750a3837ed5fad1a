import { messageOf } from '@postrider/shared/errors/app-error.ts';
import { publishQueued } from '@postrider/shared/events/publication.ts';
import { countReplayed, findDeadLetters, replay } from '@postrider/shared/events/store/dead-letters.ts';
import type { ReplayDocument } from '@postrider/shared/events/replay.ts';
import { completeReplay, finishBatch, startBatch, takeReplay } from '@postrider/shared/events/store/replays.ts';
import type { DueQueueParts } from '../due-queue/publish-due.ts';

const MAX_BATCH = 500;
/** Slow replays go in batches of this many a second, so that a rate of 1 is no batch a minute. */
const BATCHES_PER_SECOND = 4;

/**
 * One batch of the replay that is due. Its ids are written down before they are put back, so that whoever goes on after a
 * crash repeats just this batch and counts it once. True when a replay was worked on.
 */
export async function replayNextBatch(parts: DueQueueParts): Promise<boolean> {
  const { database, clock } = parts;
  const taken = await takeReplay(database, clock.now());
  if (!taken) return false;
  const started = taken.pending.length > 0 ? taken : await chooseBatch(parts, taken);
  if (started) await putBack(parts, started);
  return true;
}

/** Writes down which dead letters come next; undefined when there are none left, or the replay was stopped. */
async function chooseBatch(
  { database, clock }: DueQueueParts,
  job: ReplayDocument,
): Promise<ReplayDocument | undefined> {
  const left = job.limit - job.replayed - job.skipped;
  const limit = Math.min(left, batchSize(job.ratePerSecond));
  const filter = { ...job.filter, to: earlier(job.filter.to, job.requestedAt) };
  // MongoDB takes a limit of 0 for none.
  const letters =
    left > 0 ? await findDeadLetters(database, filter, { order: 'oldest', limit, after: job.cursor }) : [];
  const last = letters.at(-1);
  if (!last?.deadLetter) {
    await completeReplay(database, job._id, clock.now());
    return undefined;
  }
  const pending = letters.map(({ _id }) => _id);
  const cursor = { at: last.deadLetter.at, id: last._id };
  return (await startBatch(database, job, pending, cursor)) ? { ...job, pending, cursor } : undefined;
}

async function putBack({ database, producer, clock, logger }: DueQueueParts, job: ReplayDocument): Promise<void> {
  const now = clock.now();
  const asked = { replayId: job._id, by: job.requestedBy, at: job.requestedAt };
  const queued = await replay(database, job.pending, asked, now);
  publishQueued(producer, queued, now, 'replayed').catch((error: unknown) => {
    logger.warn(
      { error: messageOf(error), events: queued.length },
      'replayed but not published; the sweeper will do it',
    );
  });
  const replayed = await countReplayed(database, job.pending, job._id);
  const nextAt = new Date(now.getTime() + (job.pending.length / job.ratePerSecond) * 1_000);
  await finishBatch(database, job, { replayed, skipped: job.pending.length - replayed }, nextAt);
}

function batchSize(ratePerSecond: number): number {
  return Math.max(1, Math.min(MAX_BATCH, Math.floor(ratePerSecond / BATCHES_PER_SECOND)));
}

/** What is dead-lettered after the replay was asked for is not part of it: else it might never end. */
function earlier(to: Date | undefined, requestedAt: Date): Date {
  const end = new Date(requestedAt.getTime() + 1);
  return to && to < end ? to : end;
}
