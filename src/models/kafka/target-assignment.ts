import { type AssignorMember, SERVER_ASSIGNORS } from './assignor/index.js';
import type { ModernMember } from './modern-member.js';
import { toHeldPartitions, toPlaces } from './place.js';

/** The assignor that most members ask for; the first of the group's own when nobody does. */
export function preferredAssignor(members: readonly ModernMember[], assignors: readonly string[]): string {
  const votes = new Map<string, number>();
  for (const { assignor } of members) if (assignor !== null) votes.set(assignor, (votes.get(assignor) ?? 0) + 1);
  const [first] = [...votes].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? assignors[0] ?? 'uniform';
}

/** A topic as members see it. */
export interface AssignedTopic {
  readonly id: string;
  readonly partitionCount: number;
}

/**
 * Gives every member what it shall have in the end.
 *
 * @param topics names of what each member reads
 * @param found those of the topics that there are, by name
 * @param epoch that of the targets so far
 */
export function assignTargets(
  members: readonly ModernMember[],
  topics: ReadonlyMap<ModernMember, readonly string[]>,
  found: ReadonlyMap<string, AssignedTopic>,
  assignorName: string,
  epoch: number,
): void {
  const names = new Map([...found].map(([name, { id }]) => [id, name]));
  const shares = members.map((member): AssignorMember => {
    const owned = toHeldPartitions(member.target).flatMap(({ topicId, partitions }) => {
      const topic = names.get(topicId);
      return topic === undefined ? [] : [{ topic, partitions }];
    });
    return { ...member, topics: topics.get(member) ?? [], owned, generation: epoch };
  });
  const counts = new Map([...found].map(([name, { partitionCount }]) => [name, partitionCount]));
  const assignment = SERVER_ASSIGNORS.get(assignorName)?.assign(shares, counts);
  for (const member of members) {
    const share = assignment?.get(member.memberId) ?? [];
    const held = share.map(({ topic, partitions }) => ({ topicId: found.get(topic)?.id ?? '', partitions }));
    member.target = new Set(toPlaces(held));
  }
}
