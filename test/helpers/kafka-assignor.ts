/** Short notation for assignments: `c0 t0:0,1 t1:0`. */
import type { Assignment, AssignorMember } from '../../src/models/kafka/assignor/index.js';
import type { TopicPartitions } from '../../src/models/kafka/consumer-protocol.js';

/** A member: `member('c0', ['t0'], { t0: [1, 2] }, 5)`. */
export function member(
  memberId: string,
  topics: readonly string[],
  owned: Record<string, number[]> = {},
  generation = -1,
  instanceId: string | null = null,
): AssignorMember {
  const before: TopicPartitions[] = Object.entries(owned).map(([topic, partitions]) => ({ topic, partitions }));
  return { memberId, instanceId, topics, owned: before, generation };
}

export const sizes = (counts: Record<string, number>) => new Map(Object.entries(counts));

/** `{ c0: 't0:0,1 t1:0', c1: '' }` */
export function shown(assignment: Assignment): Record<string, string> {
  const line = (given: readonly TopicPartitions[]) =>
    given.map(({ topic, partitions }) => `${topic}:${partitions.join(',')}`).join(' ');
  return Object.fromEntries([...assignment].map(([memberId, given]) => [memberId, line(given)]));
}
