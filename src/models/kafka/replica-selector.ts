import type { Partition } from './partition.js';

/** The selector that Kafka has, by its value of `replica.selector.class`. */
export const RACK_AWARE = 'org.apache.kafka.common.replica.RackAwareReplicaSelector';

/**
 * The follower that a client in a rack had better read from: one in that rack, in sync, that has the offset.
 *
 * @param rackOf the rack of a node
 * @returns undefined for the leader
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-392%3A+Allow+consumers+to+fetch+from+closest+replica
 */
export function closestFollower(
  partition: Partition,
  rack: string,
  offset: number,
  rackOf: (nodeId: number) => string | null | undefined,
): number | undefined {
  if (rack === '' || rackOf(partition.leader) === rack) return undefined;
  const near = partition.isr.filter((node) => {
    if (node === partition.leader || rackOf(node) !== rack) return false;
    const log = partition.logOf(node);
    return log.logStart <= offset && log.logEnd >= offset;
  });
  // Whoever has most, then the largest id.
  const byWorth = (a: number, b: number) => partition.logOf(b).logEnd - partition.logOf(a).logEnd || b - a;
  return near.sort(byWorth)[0];
}
