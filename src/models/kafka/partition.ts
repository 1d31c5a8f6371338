import { invariant } from '../../core/errors.js';
import type { ModelContext } from '../../core/model.js';
import { KafkaError } from './errors.js';
import { emptyContents, PartitionLog, type PartitionState } from './partition-log.js';
import type { RecordContent } from './record.js';
import { RecordBatch } from './record-batch.js';
import type { TopicSettings } from './topic-settings.js';

/** Instead of a leader: nobody may write. */
export const NO_LEADER = -1;

/** The topic that a partition is part of, as far as the partition needs it. */
export interface PartitionHome {
  readonly name: string;
  readonly id: string;
  readonly settings: TopicSettings;
}

/** The nodes, as far as a partition needs them. */
export interface Nodes {
  isAlive(nodeId: number): boolean;
  readonly replicaLagMs: number;
  /** A log began a segment. */
  onSegmentBegun: () => void;
  /** A partition has changed. */
  readonly onPartitionChanged: (() => void) | undefined;
}

/**
 * One partition: its replicas, who leads them, and who waits for it.
 *
 * Followers copy the leader at once, unless they are paused or down; the high watermark is what all in-sync replicas
 * have. Whoever waits is told after every change, when the command that made it has ended.
 */
export class Partition {
  readonly home: PartitionHome;
  readonly index: number;
  /** Ordered; the first one is the preferred leader. */
  replicas: readonly number[];
  /** In-sync replicas, in the order of `replicas`. */
  isr: readonly number[];
  leader: number = NO_LEADER;
  leaderEpoch = 0;
  /** Its topic was deleted. */
  deleted = false;
  readonly #context: ModelContext;
  readonly #nodes: Nodes;
  readonly #logs = new Map<number, PartitionLog>();
  readonly #paused = new Set<number>();
  readonly #watchers = new Set<() => void>();
  #leaderLog: PartitionLog;
  #shrinkScheduled = false;
  #generation = 0;

  constructor(context: ModelContext, nodes: Nodes, home: PartitionHome, index: number, replicas: readonly number[]) {
    invariant(replicas.length > 0, 'a partition has at least one replica');
    this.#context = context;
    this.#nodes = nodes;
    this.home = home;
    this.index = index;
    this.replicas = replicas;
    this.isr = replicas.filter((node) => nodes.isAlive(node));
    for (const node of replicas) this.#logs.set(node, new PartitionLog());
    this.#leaderLog = this.#logs.get(replicas[0] as number) as PartitionLog;
    const [first] = this.isr;
    if (first !== undefined) {
      this.leader = first;
      this.#leaderLog = this.logOf(first);
    }
  }

  /** The log of the leader; of the last leader while there is none. */
  get log(): PartitionLog {
    return this.#leaderLog;
  }

  /** The log of a replica. */
  logOf(nodeId: number): PartitionLog {
    const log = this.#logs.get(nodeId);
    invariant(log, `node ${nodeId} has no replica of ${this.home.name}-${this.index}`);
    return log;
  }

  /** Fewest in-sync replicas with which something is committed. */
  get minInsyncReplicas(): number {
    return Math.min(this.home.settings.minInsyncReplicas, this.replicas.length);
  }

  get offlineReplicas(): number[] {
    return this.replicas.filter((node) => !this.#nodes.isAlive(node));
  }

  /** @throws KafkaError NOT_LEADER_OR_FOLLOWER when `nodeId` does not lead this partition */
  checkLeader(nodeId: number): void {
    if (nodeId === this.leader && nodeId !== NO_LEADER && !this.deleted) return;
    throw new KafkaError(
      'NOT_LEADER_OR_FOLLOWER',
      `node ${nodeId} does not lead ${this.home.name}-${this.index}; node ${this.leader} does`,
    );
  }

  /**
   * A test broker has no disk to fill; its limits stand for one.
   *
   * @throws KafkaError KAFKA_STORAGE_ERROR when so much more does not fit
   */
  checkRoom(bytes: number, recordCount: number): void {
    const { limits } = this.#context;
    const log = this.#leaderLog;
    const tooMany = log.logEnd - log.logStart + recordCount > limits.queueMessageCount;
    if (!tooMany && log.bytes + bytes <= limits.queueBytes) return;
    const name = tooMany ? 'queueMessageCount' : 'queueBytes';
    throw new KafkaError(
      'KAFKA_STORAGE_ERROR',
      `limits.${name} (${limits[name]}) exceeded by partition ${this.home.name}-${this.index}; ` +
        `raise it with { limits: { ${name}: … } }, or set retention`,
    );
  }

  /** Calls `watcher` after each change, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Appends a batch to the leader's log, and to those that follow it. */
  append(batch: RecordBatch): void {
    this.#leaderLog.append(batch, this.leaderEpoch, this.home.settings);
    this.#replicate();
    if (this.#leaderLog.activeSegment.batches.length === 1) this.#nodes.onSegmentBegun();
    this.changed();
  }

  /** Appends one record, to the batch that native producers fill; returns its offset. */
  appendRecord(record: RecordContent): number {
    const log = this.#leaderLog;
    const segment = log.activeSegment;
    const open = segment.batches[segment.batches.length - 1];
    const addedBytes = open?.isOpen && this.#fits(open, segment.bytes, record) ? open.add(record) : 0;
    if (open === undefined || addedBytes === 0) return this.#appendAlone(record);
    log.noteGrowth(open, addedBytes);
    if (this.replicas.length === 1) log.advanceHighWatermark(log.logEnd);
    else this.#growFollowers(open, addedBytes);
    this.changed();
    return open.lastOffset;
  }

  #fits(batch: RecordBatch, segmentBytes: number, record: RecordContent): boolean {
    const { settings } = this.home;
    const { key, value } = record;
    const size = (value === null ? 0 : value.length) + (key === null ? 0 : key.length) + 100;
    return (
      batch.leaderEpoch === this.leaderEpoch &&
      segmentBytes + size <= settings.segmentBytes &&
      record.timestampMs - batch.baseTimestampMs <= settings.segmentMs &&
      this.#paused.size === 0
    );
  }

  /** Followers share the open batch, so they have its new record, too. */
  #growFollowers(batch: RecordBatch, addedBytes: number): void {
    for (const follower of this.#logs.values()) {
      if (follower !== this.#leaderLog && follower.lastBatch === batch) follower.noteGrowth(batch, addedBytes);
    }
    this.advanceHighWatermark();
  }

  /** Begins another batch with a record. */
  #appendAlone(record: RecordContent): number {
    const last = this.#leaderLog.lastBatch;
    last?.seal();
    const batch = RecordBatch.openBehind(last, record.timestampMs);
    batch.add(record);
    this.append(batch);
    return batch.lastOffset;
  }

  /** Writes the end of a transaction, which takes an offset of its own. */
  appendMarker(marker: {
    readonly producerId: number;
    readonly producerEpoch: number;
    readonly coordinatorEpoch: number;
    readonly commit: boolean;
  }): void {
    const { now } = this.#context.clock;
    const batch = RecordBatch.marker({ ...marker, timestampMs: now });
    if (this.home.settings.logAppendTime) batch.stampAppendTime(now);
    this.append(batch);
  }

  /** Moves the start of the log, on all replicas that can be reached. */
  advanceLogStart(offset: number): void {
    for (const [node, log] of this.#logs) if (this.#nodes.isAlive(node)) log.advanceLogStart(offset);
    this.changed();
  }

  /** Deletes what is in front of `offset`. @throws KafkaError OFFSET_OUT_OF_RANGE, POLICY_VIOLATION */
  deleteRecords(offset: number): number {
    const log = this.#leaderLog;
    const target = offset === -1 ? log.highWatermark : offset;
    if (!this.home.settings.deletes) {
      throw new KafkaError('POLICY_VIOLATION', `cleanup.policy of '${this.home.name}' does not say 'delete'`);
    }
    if (target < 0 || target > log.highWatermark) {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `offset ${offset} of ${this.home.name}-${this.index} is not between ${log.logStart} and ${log.highWatermark}`,
      );
    }
    this.advanceLogStart(target);
    return this.lowWatermark;
  }

  /** The smallest start of a live replica. */
  get lowWatermark(): number {
    const live = this.replicas.filter((node) => this.#nodes.isAlive(node));
    return Math.min(...live.map((node) => this.logOf(node).logStart));
  }

  /** Tells everybody who waits, once the running command has ended. */
  changed(): void {
    this.#nodes.onPartitionChanged?.();
    if (this.#watchers.size === 0) return;
    for (const watcher of this.#watchers) this.#context.outbox.post(call, watcher);
  }

  /** Copies what the followers miss and moves the high watermark. */
  #replicate(): void {
    if (this.replicas.length > 1) {
      for (const node of this.replicas) {
        if (node !== this.leader && this.#follows(node)) this.#copyTo(this.logOf(node));
      }
      if (this.#paused.size > 0) this.#scheduleShrink();
    }
    this.advanceHighWatermark();
  }

  #follows(node: number): boolean {
    return this.#nodes.isAlive(node) && !this.#paused.has(node);
  }

  #copyTo(follower: PartitionLog): void {
    const leader = this.#leaderLog;
    if (follower.logEnd < leader.logStart) follower.load(emptyContents(leader.logStart));
    leader.scan(follower.logEnd, (batch) => {
      if (batch.baseOffset >= follower.logEnd) follower.appendPlaced(batch, this.home.settings);
      return true;
    });
    follower.advanceLogStart(leader.logStart);
  }

  /** The high watermark is what all in-sync replicas have; it waits while too few are in sync. */
  advanceHighWatermark(): void {
    const leader = this.#leaderLog;
    if (this.replicas.length === 1) {
      leader.advanceHighWatermark(leader.logEnd);
      return;
    }
    if (this.leader === NO_LEADER || this.isr.length < this.minInsyncReplicas) return;
    let common = leader.logEnd;
    for (const node of this.isr) common = Math.min(common, this.logOf(node).logEnd);
    if (!leader.advanceHighWatermark(common)) return;
    for (const log of this.#logs.values()) log.advanceHighWatermark(leader.highWatermark);
  }

  /** A replica stops copying, as a slow disk makes it; it leaves the in-sync set after `replica.lag.time.max.ms`. */
  pauseReplica(nodeId: number): void {
    this.logOf(nodeId).lastBatch?.seal();
    this.#paused.add(nodeId);
  }

  /** A paused replica catches up and is in sync again. */
  resumeReplica(nodeId: number): void {
    this.#paused.delete(nodeId);
    if (nodeId !== this.leader) this.joinIsr(nodeId);
  }

  #scheduleShrink(): void {
    if (this.#shrinkScheduled) return;
    this.#shrinkScheduled = true;
    const { clock } = this.#context;
    clock.schedule(clock.now + this.#nodes.replicaLagMs, () => {
      this.#shrinkScheduled = false;
      const end = this.#leaderLog.logEnd;
      const slow = (node: number) => this.#paused.has(node) && node !== this.leader && this.logOf(node).logEnd < end;
      this.#setIsr(this.isr.filter((node) => !slow(node)));
    });
  }

  #setIsr(isr: readonly number[]): void {
    this.isr = isr;
    this.advanceHighWatermark();
    this.changed();
  }

  /** Takes a node that is down out of the in-sync set; the last one stays in it. What it has grows no more. */
  leaveIsr(nodeId: number): void {
    this.#logs.get(nodeId)?.lastBatch?.seal();
    if (this.isr.some((node) => node !== nodeId)) this.#setIsr(this.isr.filter((node) => node !== nodeId));
  }

  /** A live follower copies what it misses, cutting what the leader does not have, and is in sync again. */
  joinIsr(nodeId: number): void {
    if (this.leader === NO_LEADER || !this.#follows(nodeId)) return;
    const follower = this.logOf(nodeId);
    if (nodeId !== this.leader) {
      this.#truncate(follower);
      this.#copyTo(follower);
    }
    this.#setIsr(this.isr.includes(nodeId) ? this.isr : [...this.isr, nodeId]);
  }

  /** Cuts a follower back to where its history and the leader's part. */
  #truncate(follower: PartitionLog): void {
    const leader = this.#leaderLog;
    for (;;) {
      const { latest } = follower.epochs;
      if (latest < 0) break;
      const common = leader.epochs.endOf(latest, leader.logEnd, this.leaderEpoch);
      const end = common.endOffset < 0 ? leader.logEnd : common.endOffset;
      if (end < follower.logEnd) follower.truncateTo(end);
      if (common.epoch === latest || common.epoch < 0 || follower.epochs.latest === latest) break;
    }
    if (follower.logEnd > leader.logEnd) follower.truncateTo(leader.logEnd);
  }

  /** Makes a node the leader, in a new epoch; NO_LEADER when there is nobody. */
  lead(nodeId: number): void {
    this.#leaderLog.lastBatch?.seal();
    this.leader = nodeId;
    this.leaderEpoch++;
    this.#generation++;
    if (nodeId !== NO_LEADER) {
      this.#leaderLog = this.logOf(nodeId);
      if (!this.isr.includes(nodeId)) this.isr = [nodeId];
      // Paused or not: what the leader does not have must not count as a copy of what it gets.
      for (const node of this.isr) if (node !== nodeId) this.#truncate(this.logOf(node));
      this.#replicate();
    }
    this.changed();
  }

  /** Every replica's log, by node. */
  get logs(): ReadonlyMap<number, PartitionLog> {
    return this.#logs;
  }

  /** Changes whenever records that were read may have been replaced by others. */
  get generation(): number {
    return this.#generation;
  }

  /** Names the nodes; new ones begin with nothing, not in sync. */
  place(replicas: readonly number[]): void {
    for (const node of replicas) if (!this.#logs.has(node)) this.#logs.set(node, new PartitionLog());
    this.replicas = replicas;
    this.changed();
  }

  /** Moves the replicas to other nodes: what is new there is copied at once. */
  reassign(replicas: readonly number[]): void {
    const left = this.replicas.some((node) => !replicas.includes(node));
    this.place(replicas);
    for (const node of replicas) this.joinIsr(node);
    this.#setIsr(this.isr.filter((node) => replicas.includes(node)));
    if (!replicas.includes(this.leader)) {
      this.lead(replicas.find((node) => this.isr.includes(node)) ?? NO_LEADER);
    } else if (left) this.lead(this.leader); // who has left is known by the epoch
    for (const node of [...this.#logs.keys()]) if (!replicas.includes(node)) this.#logs.delete(node);
    this.changed();
  }

  /** Replaces everything, as when a snapshot is restored. */
  restore(state: PartitionState): void {
    this.replicas = state.replicas;
    this.isr = state.isr;
    this.leader = state.leader;
    this.leaderEpoch = state.leaderEpoch;
    this.#paused.clear();
    this.#logs.clear();
    for (const [node, contents] of state.logs) {
      const log = new PartitionLog();
      log.load(contents);
      this.#logs.set(node, log);
    }
    const first = this.#logs.get(state.leader) ?? this.#logs.get(state.replicas[0] as number);
    invariant(first, 'a partition has a log');
    this.#leaderLog = first;
    this.#generation++;
    this.changed();
  }
}

function call(watcher: () => void): void {
  watcher();
}
