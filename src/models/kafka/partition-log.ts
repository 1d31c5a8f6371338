import { EpochHistory, type EpochStart } from './epoch-history.js';
import { ProducerStates } from './producer-state.js';
import type { RecordBatch } from './record-batch.js';

/** Part of a log that is deleted as a whole; only the last one, the active one, grows. */
export interface Segment {
  readonly baseOffset: number;
  readonly batches: RecordBatch[];
  bytes: number;
  /** Largest time of a record in it, -1 while it is empty. */
  maxTimestampMs: number;
}

/** An aborted transaction, as readers of committed records need to know it. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Where its marker is. */
  readonly lastOffset: number;
}

/** Everything that a log is made of. */
export interface LogContents {
  readonly logStart: number;
  readonly highWatermark: number;
  readonly logEnd: number;
  readonly epochs: readonly EpochStart[];
  readonly segments: ReadonlyArray<Pick<Segment, 'baseOffset' | 'batches'>>;
}

/** What a partition is made of, for snapshots. */
export interface PartitionState {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly logs: ReadonlyMap<number, LogContents>;
}

/** A log without records that begins at an offset. */
export function emptyContents(logStart: number): LogContents {
  return { logStart, highWatermark: logStart, logEnd: logStart, epochs: [], segments: [] };
}

/** When a new segment begins. */
export interface SegmentLimits {
  readonly segmentBytes: number;
  readonly segmentMs: number;
}

const MAX_OFFSET_DELTA = 0x7fffffff;

/**
 * The log of one replica of one partition.
 *
 *     logStart <= lastStable <= highWatermark <= logEnd
 *
 * Offsets are dense when appended and never used again. The log decides nothing: who may write, and what is committed,
 * is the partition's business.
 */
export class PartitionLog {
  readonly producers = new ProducerStates();
  readonly epochs = new EpochHistory();
  /** Ordered by `lastOffset`. */
  readonly aborted: AbortedTransaction[] = [];
  #segments: Segment[] = [];
  #logStart = 0;
  #logEnd = 0;
  #highWatermark = 0;
  #bytes = 0;
  #cleanedTo = 0;
  #structure = 0;

  constructor(startOffset = 0) {
    this.#logStart = startOffset;
    this.#logEnd = startOffset;
    this.#highWatermark = startOffset;
    this.#segments.push(emptySegment(startOffset));
  }

  /** The first offset that can be read. */
  get logStart(): number {
    return this.#logStart;
  }

  /** The next offset to be given. */
  get logEnd(): number {
    return this.#logEnd;
  }

  /** The first offset that is not on all in-sync replicas yet. */
  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** The first offset whose fate is open for readers of committed records. */
  get lastStable(): number {
    const open = this.producers.firstOpenOffset;
    return open === undefined || open > this.#highWatermark ? this.#highWatermark : open;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Oldest first; the last one is the active one. Never empty. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get activeSegment(): Segment {
    return this.#segments[this.#segments.length - 1] as Segment;
  }

  /** Gives the next offsets to a batch and stores it. */
  append(batch: RecordBatch, leaderEpoch: number, limits: SegmentLimits): void {
    batch.place(this.#logEnd, leaderEpoch);
    this.appendPlaced(batch, limits);
  }

  /** Stores a batch that has its offsets: what a follower does. */
  appendPlaced(batch: RecordBatch, limits: SegmentLimits): void {
    this.#rollBefore(batch, limits);
    this.#store(batch);
    this.#logEnd = batch.endOffset;
    this.epochs.assign(batch.leaderEpoch, batch.baseOffset);
  }

  #store(batch: RecordBatch): void {
    const segment = this.activeSegment;
    segment.batches.push(batch);
    segment.bytes += batch.sizeBytes;
    this.#bytes += batch.sizeBytes;
    if (batch.maxTimestampMs > segment.maxTimestampMs) segment.maxTimestampMs = batch.maxTimestampMs;
    if (batch.producerId >= 0) this.#applyProducer(batch);
  }

  #applyProducer(batch: RecordBatch): void {
    const firstOffset = this.producers.apply(batch);
    if (firstOffset === undefined || batch.commits) return;
    this.aborted.push({ producerId: batch.producerId, firstOffset, lastOffset: batch.lastOffset });
  }

  /** Takes note that the open batch at the end has grown by one record of `addedBytes`. */
  noteGrowth(batch: RecordBatch, addedBytes: number): void {
    const segment = this.activeSegment;
    segment.bytes += addedBytes;
    this.#bytes += addedBytes;
    if (batch.maxTimestampMs > segment.maxTimestampMs) segment.maxTimestampMs = batch.maxTimestampMs;
    this.#logEnd = batch.endOffset;
  }

  #rollBefore(batch: RecordBatch, limits: SegmentLimits): void {
    const active = this.activeSegment;
    const first = active.batches[0];
    if (!first) return;
    const full = active.bytes + batch.sizeBytes > limits.segmentBytes;
    const old = batch.maxTimestampMs - first.maxTimestampMs > limits.segmentMs;
    if (full || old || batch.lastOffset - active.baseOffset > MAX_OFFSET_DELTA) this.roll();
  }

  /** Begins a new segment; what native producers filled is closed with the old one. */
  roll(): void {
    if (this.activeSegment.batches.length === 0) return;
    this.lastBatch?.seal();
    this.#segments.push(emptySegment(this.#logEnd));
  }

  /** Moves the high watermark; it never goes back and never beyond the end. True when it moved. */
  advanceHighWatermark(offset: number): boolean {
    const next = Math.min(offset, this.#logEnd);
    if (next <= this.#highWatermark) return false;
    this.#highWatermark = next;
    return true;
  }

  /** The last batch, undefined in an empty log. */
  get lastBatch(): RecordBatch | undefined {
    const { batches } = this.activeSegment;
    if (batches.length > 0) return batches[batches.length - 1];
    return this.#segments.findLast((segment) => segment.batches.length > 0)?.batches.at(-1);
  }

  /** Calls `visit` for the batches from the one that holds `offset`, or the next one, until it returns false. */
  scan(offset: number, visit: (batch: RecordBatch, segment: Segment) => boolean): void {
    let at = this.#segmentAt(offset);
    for (let segment = this.#segments[at]; segment; segment = this.#segments[++at]) {
      const { batches } = segment;
      let index = offset > segment.baseOffset ? firstEndingBehind(batches, offset) : 0;
      for (let batch = batches[index]; batch; batch = batches[++index]) {
        if (!visit(batch, segment)) return;
      }
    }
  }

  /** The batch that holds `offset`, or the next one behind it. */
  batchAt(offset: number): RecordBatch | undefined {
    let found: RecordBatch | undefined;
    this.scan(offset, (batch) => {
      found = batch;
      return false;
    });
    return found;
  }

  /** Where the segment begins that holds `offset`, or the last one, which will. */
  segmentBaseAt(offset: number): number {
    return (this.#segments[this.#segmentAt(offset)] as Segment).baseOffset;
  }

  /**
   * Whole batches of one segment from the one that holds `offset` on, none at or behind `limit`, at most `maxBytes`
   * together.
   *
   * @param atLeastOne the first batch comes even when it is larger
   */
  read(offset: number, limit: number, maxBytes: number, atLeastOne: boolean): RecordBatch[] {
    const found: RecordBatch[] = [];
    let left = maxBytes;
    let only: Segment | undefined;
    this.scan(offset, (batch, segment) => {
      only ??= segment;
      if (batch.baseOffset >= limit || segment !== only) return false;
      left -= batch.sizeBytes;
      if (left < 0 && !(atLeastOne && found.length === 0)) return false;
      found.push(batch);
      return left > 0;
    });
    return found;
  }

  /** Bytes of batches from `offset` up to `limit`, counted no further than `atMost`. */
  availableBytes(offset: number, limit: number, atMost: number): number {
    let bytes = 0;
    this.scan(offset, (batch) => {
      if (batch.baseOffset >= limit) return false;
      bytes += batch.sizeBytes;
      return bytes < atMost;
    });
    return Math.min(bytes, atMost);
  }

  /** Transactions that were aborted in `[fetchOffset, end)`, those included that began before. */
  abortedBetween(fetchOffset: number, end: number): AbortedTransaction[] {
    return this.aborted.filter((entry) => entry.lastOffset >= fetchOffset && entry.firstOffset < end);
  }

  /** Moves the start of the log; whole segments in front of it go. */
  advanceLogStart(offset: number): void {
    if (offset <= this.#logStart) return;
    this.#structure++;
    this.#logStart = offset;
    if (offset > this.#highWatermark) this.#highWatermark = offset;
    while (this.#segments.length > 1 && (this.#segments[1] as Segment).baseOffset <= offset) {
      this.#bytes -= (this.#segments.shift() as Segment).bytes;
    }
    this.epochs.advanceStartTo(offset);
    this.#dropAbortedBefore(offset);
  }

  #dropAbortedBefore(offset: number): void {
    const kept = this.aborted.findIndex((entry) => entry.lastOffset >= offset);
    this.aborted.splice(0, kept < 0 ? this.aborted.length : kept);
  }

  /** Cuts everything from `offset` on: what a follower does that was ahead of its new leader. */
  truncateTo(offset: number): void {
    if (offset >= this.#logEnd) return;
    const segments = this.#segments
      .filter((segment, at) => at === 0 || segment.baseOffset < offset)
      .map(({ baseOffset, batches }) => ({
        baseOffset,
        batches: batches.filter((batch) => batch.endOffset <= offset),
      }));
    this.load({
      logStart: Math.min(this.#logStart, offset),
      highWatermark: Math.min(this.#highWatermark, offset),
      logEnd: offset,
      epochs: this.epochs.entries,
      segments,
    });
    this.epochs.truncateTo(this.#logEnd);
  }

  /** What `load` takes. Batches are shared, and sealed, since they must not change any more. */
  contents(): LogContents {
    this.lastBatch?.seal();
    return {
      logStart: this.#logStart,
      highWatermark: this.#highWatermark,
      logEnd: this.#logEnd,
      epochs: [...this.epochs.entries],
      segments: this.#segments.map(({ baseOffset, batches }) => ({ baseOffset, batches: [...batches] })),
    };
  }

  /** Replaces everything; what is known of producers is made again from the batches. */
  load(contents: LogContents): void {
    this.#structure++;
    this.#segments = [];
    this.#bytes = 0;
    this.producers.clear();
    this.aborted.length = 0;
    for (const { baseOffset, batches } of contents.segments) {
      this.#segments.push(emptySegment(baseOffset));
      for (const batch of batches) this.#store(batch);
    }
    if (this.#segments.length === 0) this.#segments.push(emptySegment(contents.logStart));
    this.#logStart = contents.logStart;
    this.#logEnd = Math.max(this.lastBatch?.endOffset ?? 0, contents.logStart, contents.logEnd);
    this.#highWatermark = Math.min(contents.highWatermark, this.#logEnd);
    this.epochs.replace(contents.epochs);
    this.#dropAbortedBefore(contents.logStart);
    this.#cleanedTo = 0;
  }

  /** Puts other batches in the place of the first `count` segments, as compaction does: offsets stay. */
  replaceHead(count: number, segments: readonly Segment[]): void {
    this.#structure++;
    for (const segment of this.#segments.slice(0, count)) this.#bytes -= segment.bytes;
    for (const segment of segments) this.#bytes += segment.bytes;
    this.#segments = [...segments, ...this.#segments.slice(count)];
  }

  /** Changes whenever something else happens to the log than an append. */
  get structure(): number {
    return this.#structure;
  }

  /** Where compaction goes on: in front of it every key is there once. */
  get cleanedTo(): number {
    return Math.max(this.#cleanedTo, this.#logStart);
  }

  set cleanedTo(offset: number) {
    this.#cleanedTo = offset;
  }

  #segmentAt(offset: number): number {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#segments[middle] as Segment).baseOffset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function emptySegment(baseOffset: number): Segment {
  return { baseOffset, batches: [], bytes: 0, maxTimestampMs: -1 };
}

/** Index of the first batch that ends behind `offset`. */
function firstEndingBehind(batches: readonly RecordBatch[], offset: number): number {
  let low = 0;
  let high = batches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((batches[middle] as RecordBatch).lastOffset >= offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
