import { KafkaError } from './errors.js';
import type { Partition } from './partition.js';
import type { PartitionLog } from './partition-log.js';

export interface LocalLogRequest {
  readonly nodeId: number;
  /** The epoch that the client knows, -1 is not checked. */
  readonly leaderEpoch: number;
  /** Whether the node may serve it while it follows. */
  readonly mayFollow?: boolean;
}

/**
 * The log of a partition that a node has, for those who ask that node.
 *
 * A node that has a replica knows the epoch, which is looked at first; any other one knows only that it does not lead.
 *
 * @throws KafkaError FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER
 */
export function localLog(partition: Partition, { nodeId, leaderEpoch, mayFollow }: LocalLogRequest): PartitionLog {
  if (partition.replicas.includes(nodeId) && !partition.deleted) {
    checkLeaderEpoch(partition, leaderEpoch);
    if (mayFollow) return partition.logOf(nodeId);
  }
  partition.checkLeader(nodeId);
  return partition.log;
}

function checkLeaderEpoch(partition: Partition, epoch: number): void {
  if (epoch === -1 || epoch === partition.leaderEpoch) return;
  const code = epoch < partition.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH';
  throw new KafkaError(code, `leader epoch ${epoch} was sent; ${partition.leaderEpoch} is the current one`);
}
