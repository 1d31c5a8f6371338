import {
  type Assignment,
  AssignmentBuilder,
  type Assignor,
  type AssignorMember,
  compareMembers,
  placesOf,
  subscribedTopics,
} from './assignment.js';

/** All partitions of all topics in turn to each member, passing over those that do not read the topic. */
function deal(members: readonly AssignorMember[], partitionCounts: ReadonlyMap<string, number>): Assignment {
  const builder = new AssignmentBuilder(members);
  const ordered = [...members].sort(compareMembers);
  let turn = 0;
  for (const place of placesOf(subscribedTopics(members, partitionCounts), partitionCounts)) {
    // Somebody reads every subscribed topic, so this ends.
    while (!(ordered[turn % ordered.length] as AssignorMember).topics.includes(place.topic)) turn++;
    builder.give((ordered[turn % ordered.length] as AssignorMember).memberId, place);
    turn++;
  }
  return builder.build();
}

export const roundRobinAssignor: Assignor = { name: 'roundrobin', assign: deal };

/** The same under the name that kafkajs gives it. */
export const kafkajsRoundRobinAssignor: Assignor = { name: 'RoundRobinAssigner', assign: deal };
