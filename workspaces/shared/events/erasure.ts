/** The erasure of all that is kept of one recipient; `_id` is the recipient's hash. */
export interface ErasureDocument {
  _id: string;
  status: 'RUNNING' | 'COMPLETED';
  requestedBy: string;
  requestedAt: Date;
  finishedAt?: Date;
  /** All events up to this id were looked at, and up to which it goes: what was accepted before it was asked for. */
  cursor: string;
  through: string;
  /** Events of the recipient that were not at their end when they were met: they are looked at again until they are. */
  open: string[];
  counts: ErasureCounts;
  /** When it is looked at next; moved on by whoever works on it, so that only one does. */
  dueAt: Date;
}

export interface ErasureCounts {
  /** Events looked at, whosesoever they are. */
  examined: number;
  /** Events and typed events that hold nothing of the recipient any more. */
  erased: number;
  /** Of these, the ones that were canceled for it. */
  canceled: number;
  /** Attempts whose provider's message id and words were removed. */
  attempts: number;
}

export function toErasureView({ _id, open, cursor, through, dueAt, ...erasure }: ErasureDocument) {
  return { recipient: _id, ...erasure, open: open.length };
}
