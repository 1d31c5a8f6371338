import type { TopicPartitions } from '../consumer-protocol.js';

/** A member as an assignor sees it. */
export interface AssignorMember {
  readonly memberId: string;
  /** Static members come first in order, by this name. */
  readonly instanceId: string | null;
  readonly topics: readonly string[];
  /** What it has had so far. */
  readonly owned: readonly TopicPartitions[];
  /** The generation in which it got `owned`, -1 when it does not say. */
  readonly generation: number;
}

/** Who gets what. Every member has an entry; partitions of a topic are in ascending order. */
export type Assignment = ReadonlyMap<string, readonly TopicPartitions[]>;

/** A way to share out partitions. */
export interface Assignor {
  /** The name under which members agree on it. */
  readonly name: string;
  /** @param partitionCounts of every topic that exists; subscriptions to others are ignored */
  assign(members: readonly AssignorMember[], partitionCounts: ReadonlyMap<string, number>): Assignment;
}

/** One partition of one topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Collects who gets what. */
export class AssignmentBuilder {
  readonly #members = new Map<string, Map<string, number[]>>();

  constructor(members: readonly AssignorMember[]) {
    for (const { memberId } of members) this.#members.set(memberId, new Map());
  }

  give(memberId: string, { topic, partition }: Place): void {
    const topics = this.#members.get(memberId) as Map<string, number[]>;
    const partitions = topics.get(topic);
    if (partitions) partitions.push(partition);
    else topics.set(topic, [partition]);
  }

  build(): Assignment {
    const out = new Map<string, TopicPartitions[]>();
    for (const [memberId, topics] of this.#members) {
      const sorted = [...topics].sort(([a], [b]) => compareText(a, b));
      out.set(
        memberId,
        sorted.map(([topic, partitions]) => ({ topic, partitions: partitions.sort((a, b) => a - b) })),
      );
    }
    return out;
  }
}

/** As Java compares texts. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Static members first, by instance id; then the others by member id. */
export function compareMembers(a: AssignorMember, b: AssignorMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compareText(a.instanceId, b.instanceId);
  if (a.instanceId !== null) return -1;
  if (b.instanceId !== null) return 1;
  return compareText(a.memberId, b.memberId);
}

/** Topics that somebody reads and that exist, by name. */
export function subscribedTopics(
  members: readonly AssignorMember[],
  partitionCounts: ReadonlyMap<string, number>,
): string[] {
  const topics = new Set(members.flatMap((member) => member.topics));
  return [...topics].filter((topic) => partitionCounts.has(topic)).sort(compareText);
}

/** Every partition of these topics, in order. */
export function placesOf(topics: readonly string[], partitionCounts: ReadonlyMap<string, number>): Place[] {
  return topics.flatMap((topic) =>
    Array.from({ length: partitionCounts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })),
  );
}

/** One text for one partition: a key for maps. No topic name has a slash. */
export function placeKey({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}

/** Partitions of topics, one after the other. */
export function flatPlaces(owned: readonly TopicPartitions[]): Place[] {
  return owned.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}
