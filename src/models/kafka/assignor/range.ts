import {
  type Assignment,
  AssignmentBuilder,
  type Assignor,
  type AssignorMember,
  compareMembers,
  subscribedTopics,
} from './assignment.js';

/**
 * Topic by topic, neighbouring partitions to each member; the first ones get one more where they do not divide.
 *
 * @see https://kafka.apache.org/documentation/#consumerconfigs_partition.assignment.strategy
 */
export const rangeAssignor: Assignor = {
  name: 'range',
  assign(members: readonly AssignorMember[], partitionCounts: ReadonlyMap<string, number>): Assignment {
    const builder = new AssignmentBuilder(members);
    const ordered = [...members].sort(compareMembers);
    for (const topic of subscribedTopics(members, partitionCounts)) {
      const readers = ordered.filter((member) => member.topics.includes(topic));
      const count = partitionCounts.get(topic) as number;
      const each = Math.floor(count / readers.length);
      const withOneMore = count % readers.length;
      let partition = 0;
      for (const [at, { memberId }] of readers.entries()) {
        const end = partition + each + (at < withOneMore ? 1 : 0);
        for (; partition < end; partition++) builder.give(memberId, { topic, partition });
      }
    }
    return builder.build();
  },
};
