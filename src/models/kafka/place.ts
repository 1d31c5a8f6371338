/** Partitions of one topic by its id, which a topic of the same name that comes later does not have. */
export interface HeldPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

/** Partitions as texts, `topicId/partition`. */
export function toPlaces(held: readonly HeldPartitions[]): string[] {
  return held.flatMap(({ topicId, partitions }) => partitions.map((partition) => `${topicId}/${partition}`));
}

/** The partitions of places, by topic and in order. */
export function toHeldPartitions(places: ReadonlySet<string>): HeldPartitions[] {
  const topics = new Map<string, number[]>();
  for (const place of places) {
    const topicId = place.slice(0, place.lastIndexOf('/'));
    const partitions = topics.get(topicId) ?? [];
    partitions.push(Number(place.slice(topicId.length + 1)));
    topics.set(topicId, partitions);
  }
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions: partitions.sort((a, b) => a - b) }));
}

export function samePlaces(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
