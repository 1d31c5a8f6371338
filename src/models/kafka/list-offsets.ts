import { KafkaError } from './errors.js';
import type { Partition } from './partition.js';
import type { RecordBatch } from './record-batch.js';
import { unfold } from './record-validation.js';

/** Instants that stand for a place in the log. */
export const SPECIAL_TIMESTAMPS = {
  latest: -1,
  earliest: -2,
  maxTimestamp: -3,
  earliestLocal: -4,
  latestTiered: -5,
  earliestPendingUpload: -6,
} as const;

/** -1 in every field for nothing. */
export interface FoundOffset {
  readonly offset: number;
  readonly timestampMs: number;
  readonly leaderEpoch: number;
}

const NOTHING: FoundOffset = { offset: -1, timestampMs: -1, leaderEpoch: -1 };

/**
 * Finds an offset by time.
 *
 * @param timestampMs the first record at or after it, or one of `SPECIAL_TIMESTAMPS`
 * @param committed look no further than the last stable offset
 * @param maxBytes size to which a compressed batch may unfold
 * @throws KafkaError UNSUPPORTED_VERSION for other negative numbers, CORRUPT_MESSAGE and INVALID_RECORD where the time is
 *   hidden in a batch that cannot be read
 */
export function findOffset(
  partition: Partition,
  timestampMs: number,
  committed: boolean,
  maxBytes: number,
): FoundOffset {
  const { log } = partition;
  const limit = committed ? log.lastStable : log.highWatermark;
  switch (timestampMs) {
    case SPECIAL_TIMESTAMPS.latest:
      return { offset: limit, timestampMs: -1, leaderEpoch: partition.leaderEpoch };
    case SPECIAL_TIMESTAMPS.earliest:
    case SPECIAL_TIMESTAMPS.earliestLocal:
      return { offset: log.logStart, timestampMs: -1, leaderEpoch: epochAtStart(partition) };
    case SPECIAL_TIMESTAMPS.maxTimestamp:
      return findMaxTimestamp(partition, limit, maxBytes);
    case SPECIAL_TIMESTAMPS.latestTiered:
    case SPECIAL_TIMESTAMPS.earliestPendingUpload:
      return NOTHING;
    default:
      if (timestampMs < 0) throw new KafkaError('UNSUPPORTED_VERSION', `timestamp ${timestampMs} has no meaning`);
      return findAtOrAfter(partition, timestampMs, limit, maxBytes);
  }
}

/** A log in which nothing was written yet begins in the epoch of its leader. */
function epochAtStart({ log, leaderEpoch }: Partition): number {
  const epoch = log.epochs.epochAt(log.logStart);
  return epoch < 0 ? leaderEpoch : epoch;
}

function findAtOrAfter(partition: Partition, timestampMs: number, limit: number, maxBytes: number): FoundOffset {
  const { log } = partition;
  let found = NOTHING;
  log.scan(log.logStart, (batch) => {
    if (batch.baseOffset >= limit) return false;
    if (batch.maxTimestampMs < timestampMs) return true;
    found = findInBatch(batch, timestampMs, maxBytes, log.logStart);
    return found === NOTHING;
  });
  return found;
}

/** The first batch of the largest time counts among all that are there, those in front of the start too. */
function findMaxTimestamp({ log }: Partition, limit: number, maxBytes: number): FoundOffset {
  let last: RecordBatch | undefined;
  log.scan(log.segments[0]?.baseOffset ?? 0, (batch) => {
    if (!last || batch.maxTimestampMs > last.maxTimestampMs) last = batch;
    return true;
  });
  const found = last ? findInBatch(last, last.maxTimestampMs, maxBytes) : NOTHING;
  return found.offset < limit ? found : NOTHING;
}

/** The first record of a batch that is not older. */
function findInBatch(batch: RecordBatch, timestampMs: number, maxBytes: number, from = 0): FoundOffset {
  const reader = unfold(batch, maxBytes);
  while (!reader.done) {
    reader.next();
    const offset = batch.baseOffset + reader.offsetDelta;
    const at = batch.timestampMs(reader);
    if (at >= timestampMs && offset >= from) return { offset, timestampMs: at, leaderEpoch: batch.leaderEpoch };
  }
  return NOTHING;
}
