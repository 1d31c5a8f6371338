import type { TopicPartitions } from './consumer-protocol.js';

/** The topic of a place, a partition as text: `topic/partition`. */
export function topicOf(place: string): string {
  return place.slice(0, place.lastIndexOf('/'));
}

export function toPlaces(owned: readonly TopicPartitions[]): string[] {
  return owned.flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}/${partition}`));
}

export function toTopicPartitions(places: ReadonlySet<string>): TopicPartitions[] {
  const topics = new Map<string, number[]>();
  for (const place of places) {
    const topic = topicOf(place);
    const partitions = topics.get(topic) ?? [];
    partitions.push(Number(place.slice(topic.length + 1)));
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions: partitions.sort((a, b) => a - b) }));
}

export function samePlaces(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
