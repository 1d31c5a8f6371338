/**
 * Compaction: of each key only the newest record stays, at its offset.
 *
 * A pass reads the dirty part, notes the newest offset of each key, and writes all closed segments again without what
 * is superseded. A tombstone stays until `delete.retention.ms` after the pass that first kept it, so that readers hear
 * of the deletion. What aborted transactions wrote goes; a marker goes when nothing of its transaction is left.
 *
 * @see https://kafka.apache.org/documentation/#compaction
 */
import type { PartitionLog, Segment } from './partition-log.js';
import type { RecordContent, RecordReader } from './record.js';
import { RecordBatch } from './record-batch.js';
import type { TopicSettings } from './topic-settings.js';

/** Says when and how to compact. */
export interface CompactionOptions {
  readonly settings: TopicSettings;
  readonly nowMs: number;
  /** Size to which a compressed batch may unfold. */
  readonly maxBytes: number;
  /** Does not wait until enough is dirty. */
  readonly force: boolean;
}

/** Compacts one log when it is due. @returns true when a pass was made */
export function compactLog(log: PartitionLog, options: CompactionOptions): boolean {
  const end = cleanableEnd(log, options);
  if (end <= log.cleanedTo || !(options.force || isDue(log, end, options))) return false;
  const pass = new CompactionPass(log, end, options);
  pass.run();
  log.cleanedTo = end;
  return true;
}

/** Nothing at or behind it may be touched: what is undecided, active, or too young. */
function cleanableEnd(log: PartitionLog, { settings, nowMs }: CompactionOptions): number {
  let end = Math.min(log.lastStable, log.activeSegment.baseOffset);
  if (settings.minCompactionLagMs > 0) {
    const young = log.segments.find((segment) => segment.maxTimestampMs > nowMs - settings.minCompactionLagMs);
    if (young) end = Math.min(end, young.baseOffset);
  }
  // Whole segments only.
  const at = log.segments.findLastIndex((segment) => segment.baseOffset <= end);
  return Math.min(end, log.segments[at]?.baseOffset ?? 0);
}

function isDue(log: PartitionLog, end: number, { settings, nowMs }: CompactionOptions): boolean {
  let dirty = 0;
  let total = 0;
  let oldestMs = Infinity;
  for (const segment of log.segments) {
    if (segment.baseOffset >= end) break;
    total += segment.bytes;
    if (segment.baseOffset < log.cleanedTo) continue;
    dirty += segment.bytes;
    oldestMs = Math.min(oldestMs, segment.batches[0]?.maxTimestampMs ?? Infinity);
  }
  return dirty > total * settings.minCleanableDirtyRatio || nowMs - oldestMs > settings.maxCompactionLagMs;
}

class CompactionPass {
  readonly #log: PartitionLog;
  readonly #end: number;
  readonly #options: CompactionOptions;
  /** The newest offset of each key in the dirty part. */
  readonly #newest = new Map<string, number>();
  /** Transactions, by producer, of which data is left in front of their marker. */
  readonly #withData = new Set<number>();

  constructor(log: PartitionLog, end: number, options: CompactionOptions) {
    this.#log = log;
    this.#end = end;
    this.#options = options;
  }

  run(): void {
    const closed = this.#log.segments.filter((segment) => segment.baseOffset < this.#end);
    for (const segment of closed) {
      if (segment.baseOffset >= this.#log.cleanedTo) for (const batch of segment.batches) this.#note(batch);
    }
    const last = closed.findLast((segment) => segment.batches.length > 0)?.batches.at(-1);
    const thin = closed.map((segment) => ({
      baseOffset: segment.baseOffset,
      batches: segment.batches.flatMap((batch) => this.#thin(batch, batch === last) ?? []),
    }));
    this.#log.replaceHead(closed.length, mergeSegments(thin, this.#options.settings.segmentBytes));
  }

  #note(batch: RecordBatch): void {
    if (batch.isControl || this.#isAborted(batch)) return;
    for (const [reader, offset] of this.#records(batch)) {
      const key = reader.key();
      if (key) this.#newest.set(keyText(key), offset);
    }
  }

  #isAborted(batch: RecordBatch): boolean {
    if (!batch.isTransactional) return false;
    const { baseOffset, endOffset, producerId } = batch;
    return this.#log.abortedBetween(baseOffset, endOffset).some((aborted) => aborted.producerId === producerId);
  }

  *#records(batch: RecordBatch): Generator<readonly [RecordReader, number]> {
    const reader = batch.reader(this.#options.maxBytes);
    while (!reader.done) {
      reader.next();
      yield [reader, batch.baseOffset + reader.offsetDelta];
    }
  }

  /** What is left of a batch, undefined when it goes. */
  #thin(batch: RecordBatch, isLast: boolean): RecordBatch | undefined {
    if (batch.isControl) return this.#thinMarker(batch, isLast);
    const { nowMs, settings } = this.#options;
    const horizon = batch.deleteHorizonMs;
    const kept: Array<{ offsetDelta: number; record: RecordContent }> = [];
    let tombstones = false;
    const aborted = this.#isAborted(batch);
    for (const [reader, offset] of aborted ? [] : this.#records(batch)) {
      const key = reader.key();
      if (!key || (this.#newest.get(keyText(key)) ?? -1) > offset) continue;
      const value = reader.value();
      if (value === null) {
        if (horizon !== undefined && horizon <= nowMs) continue;
        tombstones = true;
      }
      const record = { key, value, headers: reader.headers(), timestampMs: batch.timestampMs(reader) };
      kept.push({ offsetDelta: reader.offsetDelta, record });
    }
    if (kept.length > 0 && batch.isTransactional) this.#withData.add(batch.producerId);
    const stamp = horizon ?? (tombstones ? nowMs + settings.deleteRetentionMs : undefined);
    if (kept.length === batch.recordCount && stamp === horizon) return batch;
    if (kept.length === 0 && !isLast && !this.#holdsNewestSequence(batch)) return undefined;
    return RecordBatch.thinned(batch, kept, stamp);
  }

  /** Its number has to be found again when the state of the producer is made anew from the log. */
  #holdsNewestSequence(batch: RecordBatch): boolean {
    if (batch.producerId < 0) return false;
    const state = this.#log.producers.get(batch.producerId);
    return state?.epoch === batch.producerEpoch && state.batches.at(-1)?.firstOffset === batch.baseOffset;
  }

  #thinMarker(batch: RecordBatch, isLast: boolean): RecordBatch | undefined {
    const { nowMs, settings } = this.#options;
    if (this.#withData.delete(batch.producerId)) return batch;
    const horizon = batch.deleteHorizonMs;
    if (horizon !== undefined && horizon <= nowMs) return isLast ? RecordBatch.thinned(batch, [], horizon) : undefined;
    if (horizon !== undefined) return batch;
    const kept = [...this.#records(batch)].map(([reader]) => ({
      offsetDelta: reader.offsetDelta,
      record: {
        key: reader.key(),
        value: reader.value(),
        headers: [],
        timestampMs: batch.timestampMs(reader),
      },
    }));
    return RecordBatch.thinned(batch, kept, nowMs + settings.deleteRetentionMs);
  }
}

/** Joins segments that have become small. */
function mergeSegments(
  thin: ReadonlyArray<{ readonly baseOffset: number; readonly batches: readonly RecordBatch[] }>,
  segmentBytes: number,
): Segment[] {
  const merged: Array<Segment & { batches: RecordBatch[] }> = [];
  for (const { baseOffset, batches } of thin) {
    const bytes = batches.reduce((sum, batch) => sum + batch.sizeBytes, 0);
    const maxTimestampMs = batches.reduce((most, batch) => Math.max(most, batch.maxTimestampMs), -1);
    const last = merged.at(-1);
    if (last && last.bytes + bytes <= segmentBytes) {
      last.batches.push(...batches);
      last.bytes += bytes;
      last.maxTimestampMs = Math.max(last.maxTimestampMs, maxTimestampMs);
    } else merged.push({ baseOffset, batches: [...batches], bytes, maxTimestampMs });
  }
  return merged;
}

/** Keys are equal when their bytes are. */
function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
}
