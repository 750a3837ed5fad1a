import { OffsetTracker } from './offset-tracker.ts';

interface Partition {
  tracker: OffsetTracker;
  highWatermark: bigint;
}

export interface PendingCommit {
  partition: number;
  offset: string;
  /** To be called when Kafka has it. */
  done(): void;
}

/** The partitions that this consumer reads, as far as it has met them, and what is unfinished in each. */
export class Assignment {
  readonly #partitions = new Map<number, Partition>();

  /** Messages taken that are still at work. */
  get unfinished(): number {
    let sum = 0;
    for (const { tracker } of this.#partitions.values()) sum += tracker.unfinished;
    return sum;
  }

  /** Messages taken whose offset cannot be committed yet. */
  get open(): number {
    let sum = 0;
    for (const { tracker } of this.#partitions.values()) sum += tracker.open;
    return sum;
  }

  /** Messages behind the end of the partitions, as last seen. */
  get lag(): number {
    let sum = 0;
    for (const { tracker, highWatermark } of this.#partitions.values()) {
      const position = tracker.position;
      sum += position === undefined ? tracker.open : Math.max(0, Number(highWatermark - position));
    }
    return sum;
  }

  /** For the messages of one batch: answers what finishes each. */
  begin(number: number, highWatermark: bigint): (offset: bigint) => () => void {
    let partition = this.#partitions.get(number);
    if (!partition) this.#partitions.set(number, (partition = { tracker: new OffsetTracker(), highWatermark }));
    partition.highWatermark = highWatermark;
    const { tracker } = partition;
    return (offset) => {
      tracker.start(offset);
      return () => tracker.finish(offset);
    };
  }

  pendingCommits(): PendingCommit[] {
    return [...this.#partitions].flatMap(([partition, { tracker }]) => {
      const offset = tracker.pending;
      return offset === undefined
        ? []
        : [{ partition, offset: offset.toString(), done: () => tracker.committed(offset) }];
    });
  }

  /** What was unfinished is read again by whoever owns its partition now. */
  forget(): void {
    this.#partitions.clear();
  }
}
