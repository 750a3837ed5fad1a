/**
 * Which offset of one partition may be committed: everything before it is finished, in whatever
 * order the messages were.
 */
export class OffsetTracker {
  /** Offsets taken and not yet below the committable one, in order; true once finished. */
  readonly #open = new Map<bigint, boolean>();
  #unfinished = 0;
  #committable: bigint | undefined;
  #committed: bigint | undefined;

  start(offset: bigint): void {
    if (this.#open.get(offset) !== false) this.#unfinished += 1;
    this.#open.set(offset, false);
  }

  finish(offset: bigint): void {
    if (this.#open.get(offset) !== false) return;
    this.#unfinished -= 1;
    this.#open.set(offset, true);
    for (const [first, finished] of this.#open) {
      if (!finished) break;
      this.#open.delete(first);
      this.#committable = first + 1n;
    }
  }

  /** Messages taken and not finished. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** Messages taken and not finished, or finished behind one that is not. */
  get open(): number {
    return this.#open.size;
  }

  /** The next offset to commit, unless it was committed already. */
  get pending(): bigint | undefined {
    return this.#committable === this.#committed ? undefined : this.#committable;
  }

  committed(offset: bigint): void {
    this.#committed = offset;
  }

  /** The committed position, where one is known. */
  get position(): bigint | undefined {
    return this.#committed;
  }
}
