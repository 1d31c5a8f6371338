import { type AssignorMember, SERVER_ASSIGNORS } from './assignor/index.js';
import type { ModernMember } from './modern-member.js';
import { toPlaces, toTopicPartitions } from './place.js';

/** The assignor that most members ask for; the first of the group's own when nobody does. */
export function preferredAssignor(members: readonly ModernMember[], assignors: readonly string[]): string {
  const votes = new Map<string, number>();
  for (const { assignor } of members) if (assignor !== null) votes.set(assignor, (votes.get(assignor) ?? 0) + 1);
  const [first] = [...votes].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? assignors[0] ?? 'uniform';
}

/**
 * Gives every member what it shall have in the end.
 *
 * @param topics what each member reads
 * @param counts number of partitions by topic
 * @param epoch that of the targets so far
 */
export function assignTargets(
  members: readonly ModernMember[],
  topics: ReadonlyMap<ModernMember, readonly string[]>,
  counts: ReadonlyMap<string, number>,
  assignorName: string,
  epoch: number,
): void {
  const shares = members.map((member): AssignorMember => {
    const owned = toTopicPartitions(member.target);
    return { ...member, topics: topics.get(member) ?? [], owned, generation: epoch };
  });
  const assignment = SERVER_ASSIGNORS.get(assignorName)?.assign(shares, counts);
  for (const member of members) member.target = new Set(toPlaces(assignment?.get(member.memberId) ?? []));
}
