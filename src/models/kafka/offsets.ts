/** How far a group has come in one partition. */
export interface CommittedOffset {
  /** The next record to read. */
  readonly offset: number;
  /** Of the last record read, -1 when the client did not say. */
  readonly leaderEpoch: number;
  /** The client's own words. */
  readonly metadata: string;
  readonly committedAtMs: number;
  /** When it is forgotten whatever the group does, undefined without a lifetime of its own. */
  readonly expiresAtMs?: number | undefined;
}

/** An offset and where it belongs. */
export interface OffsetEntry {
  readonly topic: string;
  readonly partition: number;
  readonly committed: CommittedOffset;
}

/** All offsets of a group as plain data. */
export interface OffsetsRecord {
  readonly committed: readonly OffsetEntry[];
  readonly pending: readonly (readonly [producerId: number, entries: readonly OffsetEntry[]])[];
}

/**
 * The offsets of one group: committed ones, and those of transactions that are still open.
 *
 * A pending offset counts when its transaction commits, unless a later commit came in between.
 */
export class GroupOffsets {
  readonly #committed = new OffsetTable();
  readonly #pending = new Map<number, OffsetTable>();
  #order = 0;

  /** Number of partitions with a committed offset. */
  get size(): number {
    return this.#committed.size;
  }

  /** Whether nothing is committed, nor waits for its transaction. */
  get empty(): boolean {
    return this.size === 0 && this.#pending.size === 0;
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#committed.get(topic, partition)?.committed;
  }

  /** Every committed offset. */
  entries(): OffsetEntry[] {
    return this.#committed.entries();
  }

  commit(topic: string, partition: number, committed: CommittedOffset): void {
    this.#committed.set(topic, partition, { committed, order: ++this.#order });
  }

  /** Notes an offset that counts when the transaction of this producer commits. */
  commitPending(producerId: number, topic: string, partition: number, committed: CommittedOffset): void {
    const table = this.#pending.get(producerId) ?? new OffsetTable();
    this.#pending.set(producerId, table);
    table.set(topic, partition, { committed, order: ++this.#order });
  }

  /** Whether an open transaction is about to move this offset. */
  isPending(topic: string, partition: number): boolean {
    for (const table of this.#pending.values()) if (table.get(topic, partition)) return true;
    return false;
  }

  /** Ends the transaction of a producer: its offsets count from now on, or never. */
  endTransaction(producerId: number, commits: boolean): void {
    const table = this.#pending.get(producerId);
    if (!table) return;
    this.#pending.delete(producerId);
    if (!commits) return;
    table.each((topic, partition, pending) => {
      const current = this.#committed.get(topic, partition);
      if (!current || current.order < pending.order) this.#committed.set(topic, partition, pending);
    });
  }

  /** False when there was none. */
  delete(topic: string, partition: number): boolean {
    for (const table of this.#pending.values()) table.delete(topic, partition);
    return this.#committed.delete(topic, partition);
  }

  /** Forgets a topic that was deleted. */
  deleteTopic(topic: string): void {
    this.#committed.deleteTopic(topic);
    for (const [producerId, table] of this.#pending) {
      table.deleteTopic(topic);
      if (table.size === 0) this.#pending.delete(producerId);
    }
  }

  /** Forgets committed offsets for which `expired` says so, but none that a transaction is about to move. */
  expire(expired: (topic: string, committed: CommittedOffset) => boolean): void {
    for (const { topic, partition, committed } of this.entries()) {
      if (expired(topic, committed) && !this.isPending(topic, partition)) this.#committed.delete(topic, partition);
    }
  }

  toRecord(): OffsetsRecord {
    const pending = [...this.#pending].map(([producerId, table]) => [producerId, table.entries()] as const);
    return { committed: this.entries(), pending };
  }

  load(record: OffsetsRecord): void {
    for (const { topic, partition, committed } of record.committed) this.commit(topic, partition, committed);
    for (const [producerId, entries] of record.pending) {
      for (const { topic, partition, committed } of entries) {
        this.commitPending(producerId, topic, partition, committed);
      }
    }
  }
}

interface Ordered {
  readonly committed: CommittedOffset;
  /** Position among all commits of the group. */
  readonly order: number;
}

class OffsetTable {
  readonly #topics = new Map<string, Map<number, Ordered>>();

  get size(): number {
    let size = 0;
    for (const partitions of this.#topics.values()) size += partitions.size;
    return size;
  }

  get(topic: string, partition: number): Ordered | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  set(topic: string, partition: number, value: Ordered): void {
    const partitions = this.#topics.get(topic);
    if (partitions) partitions.set(partition, value);
    else this.#topics.set(topic, new Map([[partition, value]]));
  }

  delete(topic: string, partition: number): boolean {
    const partitions = this.#topics.get(topic);
    if (!partitions?.delete(partition)) return false;
    if (partitions.size === 0) this.#topics.delete(topic);
    return true;
  }

  deleteTopic(topic: string): void {
    this.#topics.delete(topic);
  }

  each(visit: (topic: string, partition: number, value: Ordered) => void): void {
    for (const [topic, partitions] of this.#topics) {
      for (const [partition, value] of partitions) visit(topic, partition, value);
    }
  }

  entries(): OffsetEntry[] {
    const out: OffsetEntry[] = [];
    this.each((topic, partition, { committed }) => void out.push({ topic, partition, committed }));
    return out;
  }
}
