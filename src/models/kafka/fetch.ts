import { Delayed } from '../../core/delayed.js';
import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { KafkaError, type KafkaErrorCode } from './errors.js';
import { localLog } from './local-log.js';
import type { Partition } from './partition.js';
import type { AbortedTransaction, PartitionLog } from './partition-log.js';
import type { RecordBatch } from './record-batch.js';
import { closestFollower, RACK_AWARE } from './replica-selector.js';

/** What a consumer asks one node for. */
export interface FetchRequest {
  readonly nodeId: number;
  /** Whether the node may serve what it follows. */
  readonly mayFollow?: boolean;
  /** Where the client is; a leader may send it to a follower that is there, too. */
  readonly rack?: string;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Only what is committed: up to the last stable offset. */
  readonly committed: boolean;
  /** Whether the client may read a topic; without it, all. */
  readonly mayRead?: ((topic: string) => boolean) | undefined;
  /** In the order in which they are to be served. */
  readonly partitions: readonly FetchPartition[];
}

export interface FetchPartition {
  /** Empty when the topic is asked for by its id and the id is unknown. */
  readonly topic: string;
  /** Undefined when it is asked for by name. */
  readonly topicId: string | undefined;
  readonly index: number;
  readonly offset: number;
  readonly maxBytes: number;
  /** -1 is not checked. */
  readonly leaderEpoch: number;
  /** Epoch of the last record that the client has, -1 when it does not say. */
  readonly lastFetchedEpoch: number;
}

export interface FetchResult {
  readonly asked: FetchPartition;
  readonly error: KafkaErrorCode | undefined;
  /** This and the next two are -1 on an error. */
  readonly highWatermark: number;
  readonly lastStable: number;
  readonly logStart: number;
  /** Where the client's log and this one part, when they do. */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | undefined;
  /** The follower that the client had better read from; then there are no batches. */
  readonly preferredReplica: number | undefined;
  /** Set when another node leads, or leads again. */
  readonly leader: Partition | undefined;
  /** Undefined unless only what is committed was asked for. */
  readonly aborted: readonly AbortedTransaction[] | undefined;
  readonly batches: readonly RecordBatch[];
  /** The topic went while the client waited for it. */
  readonly gone?: boolean;
}

const NOTHING: readonly RecordBatch[] = [];
/** What a partition is told for that is looked at no further. */
const UNREADABLE: ReadonlySet<KafkaErrorCode | undefined> = new Set<KafkaErrorCode>([
  'TOPIC_AUTHORIZATION_FAILED',
  'UNKNOWN_TOPIC_ID',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

/** Reads what consumers ask for, and lets them wait for it. */
export class FetchService {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  /** Fetches that wait. */
  #waiting = 0;

  constructor(context: ModelContext, cluster: Cluster) {
    this.#context = context;
    this.#cluster = cluster;
  }

  /** Number of fetches that wait for data. */
  get waitingCount(): number {
    return this.#waiting;
  }

  /**
   * Answers at once with enough data or any error, else as soon as there is enough, or when the time is over.
   *
   * @param answer receives one result for each partition, in the order of the request
   * @returns ends the wait without an answer, undefined when it was answered at once
   */
  fetch(request: FetchRequest, answer: (results: readonly FetchResult[]) => void): (() => void) | undefined {
    const { results, bytes, told } = this.#read(request);
    // What nobody could read ends no wait for the others.
    const known = request.partitions.filter((_, at) => !UNREADABLE.has(results[at]?.error));
    if (request.maxWaitMs <= 0 || known.length === 0 || bytes >= this.#leastBytes(request) || told) {
      answer(results);
      return undefined;
    }
    return this.#park(request, known, answer);
  }

  #park(
    request: FetchRequest,
    known: readonly FetchPartition[],
    answer: (results: readonly FetchResult[]) => void,
  ): () => void {
    const { clock } = this.#context;
    const stops: Array<() => void> = [];
    const stop = () => {
      this.#waiting--;
      for (const unwatch of stops) unwatch();
    };
    const read = () => {
      stop();
      return this.#read(request).results.map((result) => (known.includes(result.asked) ? gone(result) : result));
    };
    const delayed = new Delayed(clock, clock.now + request.maxWaitMs, read, answer);
    const check = () => {
      if (!delayed.done && this.#isReady(request, awaited)) delayed.complete(read());
    };
    this.#waiting++;
    const awaited: Awaited[] = [];
    for (const entry of known) {
      const partition = this.#cluster.partition(entry.topic, entry.index);
      if (!partition) continue;
      awaited.push({ entry, segmentBase: partition.log.segmentBaseAt(entry.offset) });
      stops.push(partition.watch(check));
    }
    return () => {
      if (delayed.abandon()) stop();
    };
  }

  /** Whether there is an error to tell, or enough to send. */
  #isReady(request: FetchRequest, awaited: readonly Awaited[]): boolean {
    let bytes = 0;
    for (const { entry, segmentBase } of awaited) {
      try {
        const { log, leaderEpoch } = this.#locate(request, entry);
        if (divergence(entry, log, leaderEpoch)) return true;
        const limit = limitOf(log, request.committed);
        if (endsWait(log, entry.offset, limit, segmentBase)) return true;
        bytes += log.availableBytes(entry.offset, limit, entry.maxBytes);
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        return true;
      }
    }
    return bytes >= this.#leastBytes(request);
  }

  #mostBytes({ maxBytes }: FetchRequest): number {
    return Math.min(maxBytes, this.#cluster.config.number('fetch.max.bytes'));
  }

  /** Nobody waits for more than may come. */
  #leastBytes(request: FetchRequest): number {
    return Math.min(request.minBytes, this.#mostBytes(request));
  }

  /** @throws KafkaError when the partition cannot be read here */
  #locate(request: FetchRequest, entry: FetchPartition): Located {
    if (entry.topicId !== undefined && entry.topic === '') {
      throw new KafkaError('UNKNOWN_TOPIC_ID', `there is no topic of id ${entry.topicId}`);
    }
    if (request.mayRead?.(entry.topic) === false) {
      throw new KafkaError('TOPIC_AUTHORIZATION_FAILED', `reading topic '${entry.topic}' is denied`);
    }
    const partition = this.#cluster.partition(entry.topic, entry.index);
    if (!partition) {
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `there is no partition ${entry.topic}-${entry.index}`);
    }
    if (entry.topicId !== undefined && this.#cluster.topicById(entry.topicId)?.name !== entry.topic) {
      throw new KafkaError('INCONSISTENT_TOPIC_ID', `topic '${entry.topic}' has another id than ${entry.topicId} now`);
    }
    const { nodeId, mayFollow = false } = request;
    const log = localLog(partition, { nodeId, mayFollow, leaderEpoch: entry.leaderEpoch });
    const { leaderEpoch } = partition;
    if (entry.lastFetchedEpoch > leaderEpoch) {
      throw new KafkaError('OFFSET_OUT_OF_RANGE', `nobody knows where epoch ${entry.lastFetchedEpoch} ends`);
    }
    return { partition, log, leaderEpoch };
  }

  #preferredReplica({ rack = '' }: FetchRequest, { offset }: FetchPartition, found: Located): number | undefined {
    const { partition, log } = found;
    if (rack === '' || log !== partition.log) return undefined;
    if (this.#cluster.config.text('replica.selector.class') !== RACK_AWARE) return undefined;
    return closestFollower(partition, rack, offset, (nodeId) => this.#cluster.node(nodeId)?.rack);
  }

  #read(request: FetchRequest): { readonly results: FetchResult[]; readonly bytes: number; readonly told: boolean } {
    const most = this.#mostBytes(request);
    let bytes = 0;
    let told = false;
    let first = true;
    const results = request.partitions.map((entry) => {
      const read = this.#readPartition(request, entry, Math.max(most - bytes, 0), first);
      bytes += read.bytes;
      told ||= read.told;
      if (read.result.batches.length > 0) first = false;
      return read.result;
    });
    return { results, bytes, told };
  }

  #readPartition(request: FetchRequest, entry: FetchPartition, left: number, first: boolean): Reading {
    let found: Located;
    try {
      found = this.#locate(request, entry);
      checkOffset(entry, found);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      const partition = this.#cluster.partition(entry.topic, entry.index);
      return { result: failedFetch(entry, error.code, partition), bytes: 0, told: !UNREADABLE.has(error.code) };
    }
    const { log, leaderEpoch } = found;
    const diverging = divergence(entry, log, leaderEpoch);
    const limit = limitOf(log, request.committed);
    const most = Math.min(entry.maxBytes, left);
    const preferredReplica = this.#preferredReplica(request, entry, found);
    const elsewhere = diverging !== undefined || preferredReplica !== undefined;
    const wanted = !elsewhere && entry.offset < limit && (first || most > 0);
    const batches = wanted ? log.read(entry.offset, limit, most, first) : NOTHING;
    const end = batches.at(-1)?.endOffset ?? entry.offset;
    // Where not even the first batch fits, Kafka tells nothing of transactions.
    const silent = elsewhere || (wanted && batches.length === 0);
    const result: FetchResult = {
      asked: entry,
      error: undefined,
      highWatermark: log.highWatermark,
      lastStable: log.lastStable,
      logStart: log.logStart,
      diverging,
      preferredReplica,
      leader: undefined,
      aborted: request.committed && !silent ? log.abortedBetween(entry.offset, end) : undefined,
      batches,
    };
    const told = elsewhere || endsWait(log, entry.offset, limit, log.segmentBaseAt(entry.offset));
    return { result, bytes: takenBytes(log, batches, limit, most), told };
  }
}

interface Located {
  readonly partition: Partition;
  readonly log: PartitionLog;
  readonly leaderEpoch: number;
}

/** What was found in a partition. */
interface Reading {
  readonly result: FetchResult;
  readonly bytes: number;
  /** Whether there is something in it that the client should know at once. */
  readonly told: boolean;
}

/** @throws KafkaError OFFSET_OUT_OF_RANGE */
function checkOffset(entry: FetchPartition, { log, leaderEpoch }: Located): void {
  const { offset, topic, index } = entry;
  if (offset >= log.logStart && (offset <= log.logEnd || divergence(entry, log, leaderEpoch))) return;
  throw new KafkaError(
    'OFFSET_OUT_OF_RANGE',
    `offset ${offset} of ${topic}-${index} is not between ${log.logStart} and ${log.logEnd}`,
  );
}

/** A partition that is waited for. */
interface Awaited {
  readonly entry: FetchPartition;
  /** Where the segment begins that is to be read. */
  readonly segmentBase: number;
}

/** Kafka lets nobody wait who is ahead of what may be read, or behind in a segment to which nothing is added any more. */
function endsWait(log: PartitionLog, offset: number, limit: number, segmentBase: number): boolean {
  return offset > limit || (offset < limit && log.segmentBaseAt(limit) > segmentBase);
}

/** A topic that was there when the client began to wait is not looked for by its id again. */
function gone(result: FetchResult): FetchResult {
  if (result.error !== 'UNKNOWN_TOPIC_ID' && result.error !== 'UNKNOWN_TOPIC_OR_PARTITION') return result;
  return { ...result, error: 'UNKNOWN_TOPIC_OR_PARTITION', gone: true };
}

/** The first offset that is not to be read yet. */
function limitOf(log: { highWatermark: number; lastStable: number }, committed: boolean): number {
  return committed ? log.lastStable : log.highWatermark;
}

/** Bytes of the answer: up to the limit where a batch did not fit any more, of which Kafka sends the beginning. */
function takenBytes(log: PartitionLog, batches: readonly RecordBatch[], limit: number, most: number): number {
  const last = batches.at(-1);
  if (!last) return 0;
  const bytes = batches.reduce((sum, batch) => sum + batch.sizeBytes, 0);
  const more = last.endOffset < limit && log.segmentBaseAt(last.endOffset) <= last.baseOffset;
  return more ? Math.max(bytes, most) : bytes;
}

/** The answer for a partition that cannot be read. */
export function failedFetch(asked: FetchPartition, error: KafkaErrorCode, partition?: Partition): FetchResult {
  return {
    asked,
    error,
    highWatermark: -1,
    lastStable: -1,
    logStart: -1,
    diverging: undefined,
    preferredReplica: undefined,
    leader: error === 'NOT_LEADER_OR_FOLLOWER' || error === 'FENCED_LEADER_EPOCH' ? partition : undefined,
    aborted: undefined,
    batches: NOTHING,
  };
}

/** Where the log that the client has read ends here, when it is not at the offset that it asks for. */
function divergence(entry: FetchPartition, log: PartitionLog, leaderEpoch: number): FetchResult['diverging'] {
  if (entry.lastFetchedEpoch < 0) return undefined;
  const end = log.epochs.endOf(entry.lastFetchedEpoch, log.logEnd, leaderEpoch);
  if (end.epoch < 0) return undefined;
  return end.endOffset < entry.offset || end.epoch < entry.lastFetchedEpoch ? end : undefined;
}
