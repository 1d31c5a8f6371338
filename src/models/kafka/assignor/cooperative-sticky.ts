import type { TopicPartitions } from '../consumer-protocol.js';
import { type Assignment, type Assignor, type AssignorMember, flatPlaces, placeKey } from './assignment.js';
import { assignSticky } from './sticky.js';

/**
 * As sticky, but a partition that changes hands is left out for one round: its old owner sees that it is gone, gives it
 * up and joins again; the next round hands it over.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-429
 */
export const cooperativeStickyAssignor: Assignor = {
  name: 'cooperative-sticky',
  assign(members: readonly AssignorMember[], partitionCounts: ReadonlyMap<string, number>): Assignment {
    const target = assignSticky(members, partitionCounts);
    const owners = new Map<string, Set<string>>();
    for (const { memberId, owned } of members) {
      for (const place of flatPlaces(owned)) {
        const key = placeKey(place);
        owners.set(key, (owners.get(key) ?? new Set()).add(memberId));
      }
    }
    const isFree = (memberId: string, topic: string, partition: number): boolean => {
      const before = owners.get(placeKey({ topic, partition }));
      return !before || before.has(memberId);
    };
    const out = new Map<string, TopicPartitions[]>();
    for (const [memberId, given] of target) {
      const kept = given.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.filter((partition) => isFree(memberId, topic, partition)),
      }));
      out.set(
        memberId,
        kept.filter(({ partitions }) => partitions.length > 0),
      );
    }
    return out;
  },
};
