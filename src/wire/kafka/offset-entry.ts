/** Offsets as requests carry them, by topic, and as the model takes them, one after the other. */
import type { OffsetCommit } from '../../models/kafka/index.js';
import type { ErrorName } from './error-code.js';

interface CommittedTopic {
  readonly name: string;
  readonly partitions: readonly {
    readonly partitionIndex: number;
    readonly committedOffset: number;
    readonly committedLeaderEpoch: number;
    readonly committedMetadata: string | null;
  }[];
}

/** Every partition of a commit, in the order of the request. */
export function flatCommits(topics: readonly CommittedTopic[]): OffsetCommit[] {
  return topics.flatMap(({ name, partitions }) =>
    partitions.map((entry) => ({
      topic: name,
      partition: entry.partitionIndex,
      offset: entry.committedOffset,
      leaderEpoch: entry.committedLeaderEpoch,
      metadata: entry.committedMetadata,
    })),
  );
}

/** The answer to a commit: `errorAt` gets the position in `flatCommits`. */
export function commitResults(
  topics: readonly { readonly name: string; readonly partitions: readonly { readonly partitionIndex: number }[] }[],
  errorAt: (position: number) => ErrorName,
) {
  let position = 0;
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: errorAt(position++) })),
  }));
}
