import { type Collection, ELEMENT_OVERHEAD } from './collection.js';
import { ConsumerGroup, type SavedGroup } from './stream-group.js';
import { formatStreamId, MIN_STREAM_ID, parseStreamId, type StreamId } from './stream-id.js';
import { type NodeBounds, radixTreeNodeCount, type StreamEntry, StreamNode } from './stream-node.js';

/** What trimming keeps: so many entries, or those from an identifier on. */
export interface Trim {
  readonly keep: { readonly length: number } | { readonly minId: StreamId };
  /** Only whole nodes go. */
  readonly approximate: boolean;
  /** Entries that may be removed at the most, in whole nodes; 0 is no bound. */
  readonly limit: number;
}

const ENTRY_BYTES = 16;
const UNBOUNDED: NodeBounds = { entries: 100, bytes: 4096 };

/**
 * An append-only log of entries with its consumer groups. Identifiers only rise: the last one outlives the entries,
 * and an emptied stream stays.
 */
export class StreamValue implements Collection {
  readonly type = 'stream';
  readonly isEmpty = false;
  /** Groups by name. */
  readonly groups = new Map<string, ConsumerGroup>();
  lastId: StreamId = MIN_STREAM_ID;
  /** The greatest identifier that XDEL ever removed. */
  maxDeletedId: StreamId = MIN_STREAM_ID;
  /** Entries ever added. */
  entriesAdded = 0;
  #nodes: StreamNode[] = [];
  #length = 0;
  #bytes = 0;

  static load(saved: unknown): StreamValue {
    const state = saved as SavedStream;
    const made = new StreamValue();
    for (const [id, fields] of state.entries) made.append({ id: parseStreamId(id), fields }, UNBOUNDED);
    made.lastId = parseStreamId(state.lastId);
    made.maxDeletedId = parseStreamId(state.maxDeletedId);
    made.entriesAdded = state.entriesAdded;
    for (const group of state.groups) made.groups.set(group.name, ConsumerGroup.load(group));
    return made;
  }

  /** A stream that takes over nodes in the order of their identifiers; what it says of itself is still to be set. */
  static ofNodes(nodes: StreamNode[]): StreamValue {
    const made = new StreamValue();
    made.#nodes = nodes;
    for (const { entries } of nodes) {
      made.#length += entries.length;
      for (const entry of entries) made.#bytes += bytesOf(entry);
    }
    return made;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Identifier of the first entry; the least one of all when there is no entry. */
  get firstId(): StreamId {
    return this.#nodes.find(({ entries }) => entries.length > 0)?.entries[0]?.id ?? MIN_STREAM_ID;
  }

  /** Identifier of the last live entry; undefined when there is none. */
  get lastEntryId(): StreamId | undefined {
    return this.#nodes.findLast(({ entries }) => entries.length > 0)?.entries.at(-1)?.id;
  }

  /** Nodes in the order of their identifiers. What exact trimming emptied stays, when it once held a later entry. */
  get nodes(): readonly StreamNode[] {
    return this.#nodes;
  }

  get treeNodeCount(): number {
    return radixTreeNodeCount(this.#nodes);
  }

  /** Appends an entry whose identifier is above `lastId`. */
  append(entry: StreamEntry, bounds: NodeBounds): void {
    const node = this.#nodes[this.#nodes.length - 1];
    if (node?.accepts(entry, bounds)) node.append(entry);
    else this.#nodes.push(StreamNode.startingWith(entry));
    this.lastId = entry.id;
    this.#length++;
    this.#bytes += bytesOf(entry);
    this.entriesAdded++;
  }

  get(id: StreamId): StreamEntry | undefined {
    const node = this.#nodes[this.#nodeIndex(id)];
    const entry = node?.entries[node.lowerBound(id)];
    return entry?.id === id ? entry : undefined;
  }

  /** Removes an entry; false when there is none. */
  delete(id: StreamId): boolean {
    const index = this.#nodeIndex(id);
    const node = this.#nodes[index];
    const at = node?.lowerBound(id) ?? 0;
    const entry = node?.entries[at];
    if (!node || entry?.id !== id) return false;
    node.removeAt(at);
    if (node.entries.length === 0) this.#nodes.splice(index, 1);
    this.#forget(entry);
    if (id > this.maxDeletedId) this.maxDeletedId = id;
    return true;
  }

  /**
   * Entries from `start` to `end`, both included.
   *
   * @param count at most so many; 0 is no bound
   */
  range(start: StreamId, end: StreamId, count = 0): StreamEntry[] {
    const found: StreamEntry[] = [];
    for (let n = Math.max(this.#nodeIndex(start), 0); n < this.#nodes.length; n++) {
      const node = this.#nodes[n] as StreamNode;
      for (let i = node.lowerBound(start); i < node.entries.length; i++) {
        const entry = node.entries[i] as StreamEntry;
        if (entry.id > end) return found;
        found.push(entry);
        if (found.length === count) return found;
      }
    }
    return found;
  }

  /** As `range`, from the end backwards. */
  reverseRange(start: StreamId, end: StreamId, count = 0): StreamEntry[] {
    const found: StreamEntry[] = [];
    for (let n = this.#nodeIndex(end); n >= 0; n--) {
      const { entries } = this.#nodes[n] as StreamNode;
      for (let i = entries.length - 1; i >= 0; i--) {
        const entry = entries[i] as StreamEntry;
        if (entry.id > end) continue;
        if (entry.id < start) return found;
        found.push(entry);
        if (found.length === count) return found;
      }
    }
    return found;
  }

  /** Drops entries from the start. @returns how many went */
  trim({ keep, approximate, limit }: Trim): number {
    let removed = 0;
    for (let node = this.#nodes[0]; node; node = this.#nodes[0]) {
      const held = node.entries.length;
      if ('length' in keep && this.#length <= keep.length) break;
      if (limit > 0 && removed + held > limit) break;
      const whole = 'length' in keep ? this.#length - held >= keep.length : node.lastId < keep.minId;
      if (whole) {
        this.#nodes.shift();
        for (const entry of node.entries) this.#forget(entry);
        removed += held;
        continue;
      }
      if (approximate) break;
      const surplus = 'length' in keep ? this.#length - keep.length : node.lowerBound(keep.minId);
      for (let i = 0; i < surplus; i++) {
        this.#forget(node.entries[0] as StreamEntry);
        node.removeAt(0);
      }
      removed += surplus;
      break;
    }
    return removed;
  }

  /** A copy whose entries lie in the same nodes. */
  clone(): StreamValue {
    const copy = StreamValue.ofNodes(this.#nodes.map((node) => node.clone()));
    copy.lastId = this.lastId;
    copy.maxDeletedId = this.maxDeletedId;
    copy.entriesAdded = this.entriesAdded;
    for (const [name, group] of this.groups) copy.groups.set(name, ConsumerGroup.load(group.save()));
    return copy;
  }

  save(): SavedStream {
    return {
      entries: this.range(MIN_STREAM_ID, this.lastId).map(({ id, fields }) => [formatStreamId(id), fields]),
      lastId: formatStreamId(this.lastId),
      maxDeletedId: formatStreamId(this.maxDeletedId),
      entriesAdded: this.entriesAdded,
      groups: [...this.groups.values()].map((group) => group.save()),
    };
  }

  #forget(entry: StreamEntry): void {
    this.#length--;
    this.#bytes -= bytesOf(entry);
  }

  /** The last node that starts at or before an identifier; -1 when there is none. */
  #nodeIndex(id: StreamId): number {
    let low = 0;
    let high = this.#nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#nodes[middle] as StreamNode).masterId <= id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

interface SavedStream {
  readonly entries: ReadonlyArray<readonly [id: string, fields: readonly string[]]>;
  readonly lastId: string;
  readonly maxDeletedId: string;
  readonly entriesAdded: number;
  readonly groups: readonly SavedGroup[];
}

function bytesOf(entry: StreamEntry): number {
  let bytes = ENTRY_BYTES + ELEMENT_OVERHEAD;
  for (const text of entry.fields) bytes += text.length;
  return bytes;
}
