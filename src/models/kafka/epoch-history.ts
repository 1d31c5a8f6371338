/** When each leader began to write: how a replica and a client find out where two logs part. */
export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/** Leader epochs of one log, oldest first; both numbers grow. */
export class EpochHistory {
  #entries: EpochStart[] = [];

  get entries(): readonly EpochStart[] {
    return this.#entries;
  }

  get latest(): number {
    return this.#entries.at(-1)?.epoch ?? -1;
  }

  /** Notes a batch of `epoch`. */
  assign(epoch: number, startOffset: number): void {
    if (epoch > this.latest) this.#entries.push({ epoch, startOffset });
  }

  /** The epoch in which an offset was written, -1 when it is not known. */
  epochAt(offset: number): number {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? -1;
  }

  /**
   * Where the log of `epoch` ends.
   *
   * @returns the largest epoch known up to it and the first offset that is not part of it; -1 and -1 for a later one
   */
  endOf(epoch: number, logEnd: number, currentEpoch: number): { readonly epoch: number; readonly endOffset: number } {
    if (epoch === currentEpoch) return { epoch, endOffset: logEnd };
    const first = this.#entries[0];
    if (epoch < 0 || !first || epoch > currentEpoch) return { epoch: -1, endOffset: -1 };
    if (epoch > this.latest) return { epoch: this.latest, endOffset: logEnd };
    if (epoch < first.epoch) return { epoch, endOffset: first.startOffset };
    const at = this.#entries.findLastIndex((entry) => entry.epoch <= epoch);
    const found = this.#entries[at] as EpochStart;
    return { epoch: found.epoch, endOffset: this.#entries[at + 1]?.startOffset ?? logEnd };
  }

  /** Forgets what begins at or behind `offset`. */
  truncateTo(offset: number): void {
    this.#entries = this.#entries.filter((entry) => entry.startOffset < offset);
  }

  /** Forgets what ended in front of `offset`. */
  advanceStartTo(offset: number): void {
    const at = this.#entries.findLastIndex((entry) => entry.startOffset <= offset);
    if (at < 0) return;
    const kept = this.#entries.slice(at);
    kept[0] = { epoch: (kept[0] as EpochStart).epoch, startOffset: offset };
    this.#entries = kept;
  }

  replace(entries: readonly EpochStart[]): void {
    this.#entries = [...entries];
  }
}
