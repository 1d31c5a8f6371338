import type { Partition } from './partition.js';
import type { PartitionLog, Segment } from './partition-log.js';

/**
 * Deletes old segments, from the oldest, never at or behind the high watermark: those whose records are all too old,
 * and those without which `retention.bytes` are still there.
 *
 * @returns true when something was deleted
 */
export function applyRetention(partition: Partition, nowMs: number): boolean {
  const { log, home } = partition;
  if (!home.settings.deletes || partition.leader < 0) return false;
  const { retentionMs, retentionBytes } = home.settings;
  let start = log.logStart;
  if (retentionMs >= 0) {
    start = oldestKept(log, start, (segment) => nowMs - segment.maxTimestampMs > retentionMs);
  }
  if (retentionBytes >= 0) {
    let excess = bytesFrom(log, start) - retentionBytes;
    start = oldestKept(log, start, (segment) => {
      excess -= segment.bytes;
      return excess >= 0;
    });
  }
  if (start <= log.logStart) return false;
  // Everything may go: an empty segment takes the place of the active one.
  if (start === log.logEnd) log.roll();
  partition.advanceLogStart(start);
  return true;
}

/** Goes over whole segments while they may go; returns where the first that stays begins. */
function oldestKept(log: PartitionLog, start: number, mayGo: (segment: Segment) => boolean): number {
  let kept = start;
  for (const [at, segment] of log.segments.entries()) {
    const end = log.segments[at + 1]?.baseOffset ?? log.logEnd;
    if (end <= kept) continue;
    if (segment.batches.length === 0 || end > log.highWatermark || !mayGo(segment)) break;
    kept = end;
  }
  return kept;
}

function bytesFrom(log: PartitionLog, start: number): number {
  let bytes = 0;
  for (const [at, segment] of log.segments.entries()) {
    const end = log.segments[at + 1]?.baseOffset ?? log.logEnd;
    if (end > start) bytes += segment.bytes;
  }
  return bytes;
}
