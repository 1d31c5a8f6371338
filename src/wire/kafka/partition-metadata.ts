import type { Partition } from '../../models/kafka/index.js';

/** A partition as clients that look for its leader see it. */
export function describePartition(partition: Partition) {
  return {
    errorCode: partition.leader < 0 ? ('LEADER_NOT_AVAILABLE' as const) : ('NONE' as const),
    partitionIndex: partition.index,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    offlineReplicas: partition.offlineReplicas,
  };
}
