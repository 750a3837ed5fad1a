import { type FamilyAcceptance, insertFamilies } from '@postrider/shared/events/store/families.ts';
import type { Family } from '@postrider/shared/events/typed-event.ts';
import { Batcher } from '@postrider/shared/service/batcher.ts';
import { type AcceptorParts, confirmed, MAX_BATCH, MAX_BATCH_BYTES, publish } from './accept-events.ts';

export interface FamilyAcceptor {
  /**
   * Resolves once a typed event and all that it becomes are stored for good; publication follows by itself.
   * @throws AppError as the acceptor of events does; then nothing of it is stored.
   */
  accept(family: Family, bytes: number): Promise<FamilyAcceptance>;
  readonly waitingBytes: number;
  drained(): Promise<void>;
}

interface Entry {
  family: Family;
  bytes: number;
}

/** Beside the acceptor of events, not within it: a transaction must not make their write slower, nor fail with it. */
export function createFamilyAcceptor(parts: AcceptorParts): FamilyAcceptor {
  const batcher = new Batcher<Entry, FamilyAcceptance>({
    maxBatch: MAX_BATCH,
    maxBatchWeight: MAX_BATCH_BYTES,
    maxWaiting: parts.maxWaitingBytes,
    weigh: ({ bytes }) => bytes,
    run: (entries) =>
      acceptFamilies(
        parts,
        entries.map(({ family }) => family),
      ),
  });
  return {
    accept: async ({ parent, children }, bytes) =>
      batcher.add({ family: { parent, children: children.map(parts.follow) }, bytes }),
    get waitingBytes() {
      return batcher.waiting;
    },
    drained: () => batcher.drained(),
  };
}

async function acceptFamilies(parts: AcceptorParts, families: Family[]): Promise<FamilyAcceptance[]> {
  const results = await confirmed(parts, families.length, insertFamilies(parts.database, families));
  const created = results.flatMap((result) => (result.outcome === 'created' ? result.children : []));
  for (const { channel, priority } of created) parts.metrics.accepted.inc({ channel, priority });
  for (const { outcome } of results) if (outcome !== 'created') parts.metrics.refused.inc({ reason: outcome });
  publish(
    parts,
    created.filter(({ status }) => status === 'QUEUED'),
  );
  return results;
}
