import type { Partition } from '../../models/kafka/index.js';
import type { Call } from './call.js';

/** Where a client finds the node that leads, beside an error that says that another one does. */
export interface NodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** The leader of a partition, as answers name it. */
export function currentLeader(partition: Partition): { readonly leaderId: number; readonly leaderEpoch: number } {
  return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch };
}

/** Addresses of the leaders of these partitions, each node once. */
export function nodeEndpoints(call: Call<any>, partitions: Iterable<Partition>): NodeEndpoint[] {
  const found = new Map<number, NodeEndpoint>();
  for (const { leader } of partitions) {
    const address = call.address(leader);
    if (!address || found.has(leader)) continue;
    const rack = call.broker.cluster.node(leader)?.rack ?? null;
    found.set(leader, { nodeId: leader, host: address.host, port: address.port, rack });
  }
  return [...found.values()];
}
