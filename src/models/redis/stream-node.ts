/**
 * Entries of a stream lie in nodes, and approximate trimming (`~`) only drops whole nodes, so where one node ends and
 * the next begins can be seen by clients. A node ends after so many entries or so many bytes, counted as Redis packs
 * them: fields that repeat those of the node's first entry cost nothing.
 *
 * @see https://redis.io/docs/latest/commands/xtrim/ and the listpack format, https://github.com/antirez/listpack
 */
import { hexOf, msOf, type StreamId, sequenceOf } from './stream-id.js';

/** An entry: fields and values alternate, duplicates and order kept. */
export interface StreamEntry {
  readonly id: StreamId;
  readonly fields: readonly string[];
}

/** `stream-node-max-entries` and `stream-node-max-bytes`; 0 is no bound. */
export interface NodeBounds {
  readonly entries: number;
  readonly bytes: number;
}

const LARGEST_NODE_BYTES = 2 ** 30;
const HEADER_BYTES = 6;
const END_BYTES = 1;

export class StreamNode {
  /** Where the node is filed: the identifier of the first entry that it ever held. */
  readonly masterId: StreamId;
  /** Names of the first entry's fields; what repeats them is packed without names. */
  readonly masterFields: readonly string[];
  /** Live entries in order. */
  readonly entries: StreamEntry[] = [];
  /** What was removed; its room stays taken. */
  readonly #deleted: StreamEntry[] = [];
  #packedBytes: number;

  /** The last entry that it ever held, deleted or not. */
  #lastId: StreamId;

  /** A node without entries yet. */
  constructor(masterId: StreamId, masterFields: readonly string[]) {
    this.masterId = masterId;
    this.#lastId = masterId;
    this.masterFields = masterFields;
    this.#packedBytes = HEADER_BYTES + END_BYTES + packedInteger(1n) + packedInteger(0n) + packedInteger(0n);
    this.#packedBytes += packedInteger(BigInt(this.masterFields.length));
    for (const field of this.masterFields) this.#packedBytes += packedElement(field);
  }

  static startingWith(first: StreamEntry): StreamNode {
    const node = new StreamNode(
      first.id,
      first.fields.filter((_, i) => i % 2 === 0),
    );
    node.append(first);
    return node;
  }

  get lastId(): StreamId {
    return this.#lastId;
  }

  /** A copy with the same room taken. */
  clone(): StreamNode {
    const copy = new StreamNode(this.masterId, this.masterFields);
    for (const [entry, live] of this.history()) copy.append(entry, live);
    return copy;
  }

  /** Every entry that it ever held, in order, and whether it is still there. */
  history(): Array<readonly [entry: StreamEntry, live: boolean]> {
    const all = [
      ...this.entries.map((entry) => [entry, true] as const),
      ...this.#deleted.map((entry) => [entry, false] as const),
    ];
    return all.sort(([a], [b]) => (a.id < b.id ? -1 : 1));
  }

  /** Whether a further entry goes into this node. */
  accepts(entry: StreamEntry, bounds: NodeBounds): boolean {
    const limit = bounds.bytes === 0 ? LARGEST_NODE_BYTES : Math.min(bounds.bytes, LARGEST_NODE_BYTES);
    let contentBytes = 0;
    for (const text of entry.fields) contentBytes += text.length;
    if (this.#packedBytes + contentBytes >= limit) return false;
    return bounds.entries === 0 || this.entries.length + this.#deleted.length < bounds.entries;
  }

  /** Adds an entry behind the last one, or what is left of a deleted one. */
  append(entry: StreamEntry, live = true): void {
    (live ? this.entries : this.#deleted).push(entry);
    this.#lastId = entry.id;
    this.#packedBytes += this.#packedEntry(entry);
  }

  /** Removes the live entry at an index; its room stays taken. */
  removeAt(index: number): void {
    this.#deleted.push(...this.entries.splice(index, 1));
  }

  /** Position of the first live entry whose identifier is not below `id`. */
  lowerBound(id: StreamId): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle] as StreamEntry).id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether an entry's fields are named as those of the first one. */
  repeatsFields(fields: readonly string[]): boolean {
    const names = this.masterFields;
    return fields.length === 2 * names.length && names.every((name, i) => fields[2 * i] === name);
  }

  #packedEntry({ id, fields }: StreamEntry): number {
    const count = fields.length / 2;
    const same = this.repeatsFields(fields);
    let bytes = packedInteger(same ? 2n : 0n);
    bytes += packedInteger(BigInt.asIntN(64, msOf(id) - msOf(this.masterId)));
    bytes += packedInteger(BigInt.asIntN(64, sequenceOf(id) - sequenceOf(this.masterId)));
    if (!same) bytes += packedInteger(BigInt(count));
    for (let i = same ? 1 : 0; i < fields.length; i += same ? 2 : 1) bytes += packedElement(fields[i] as string);
    return bytes + packedInteger(BigInt(same ? count + 3 : 2 * count + 4));
  }
}

/** Bytes of one element in a listpack, its length for walking backwards included. */
function packedElement(text: string): number {
  if (/^(?:0|-?[1-9]\d{0,18})$/.test(text)) {
    const value = BigInt(text);
    if (BigInt.asIntN(64, value) === value) return packedInteger(value);
  }
  const { length } = text;
  return withBackLength((length < 64 ? 1 : length < 4096 ? 2 : 5) + length);
}

function packedInteger(value: bigint): number {
  const magnitude = value < 0n ? -value - 1n : value;
  if (value >= 0n && value < 128n) return 2;
  if (magnitude < 2n ** 12n) return 3;
  if (magnitude < 2n ** 15n) return 4;
  if (magnitude < 2n ** 23n) return 5;
  return magnitude < 2n ** 31n ? 6 : 10;
}

function withBackLength(bytes: number): number {
  if (bytes < 128) return bytes + 1;
  if (bytes < 16_383) return bytes + 2;
  return bytes + (bytes < 2_097_151 ? 3 : bytes < 268_435_455 ? 4 : 5);
}

const KEY_DIGITS = 32;

/**
 * Nodes of the radix tree that files the stream's nodes, as XINFO tells them: chains without a fork are one node.
 *
 * @param nodes in the order of their identifiers
 */
export function radixTreeNodeCount(nodes: readonly StreamNode[]): number {
  if (nodes.length === 0) return 1;
  const keys = nodes.map((node) => hexOf(node.masterId));
  return countTreeNodes(keys, 0, keys.length, 0);
}

/** `depth` counts digits, two a byte; forks are between bytes. */
function countTreeNodes(keys: readonly string[], from: number, to: number, depth: number): number {
  if (to - from === 1) return depth < KEY_DIGITS ? 2 : 1;
  const first = keys[from] as string;
  const last = keys[to - 1] as string;
  let fork = depth;
  while (first.slice(fork, fork + 2) === last.slice(fork, fork + 2)) fork += 2;
  let count = fork > depth ? 2 : 1;
  for (let start = from; start < to; ) {
    const byte = (keys[start] as string).slice(fork, fork + 2);
    let end = start + 1;
    while (end < to && (keys[end] as string).slice(fork, fork + 2) === byte) end++;
    count += countTreeNodes(keys, start, end, fork + 2);
    start = end;
  }
  return count;
}
