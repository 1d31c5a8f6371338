/** Offsets as requests carry them, by topic, and as the model takes them, one after the other. */
import type { OffsetCommit } from '../../models/kafka/index.js';
import { attempt } from './attempt.js';
import type { Call } from './call.js';
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

interface CommitAnswer {
  readonly name: string;
  readonly partitions: { readonly partitionIndex: number; readonly errorCode: ErrorName }[];
}

/**
 * Answers a commit, by topic. A partition that is not there, or is not for this client, has its own answer, whatever
 * becomes of the others.
 *
 * @param commit gets the others and gives one result for each; what it throws is the result of all of them
 */
export function commitOffsets(
  topics: readonly CommittedTopic[],
  call: Call<any>,
  commit: (known: readonly OffsetCommit[]) => readonly ErrorName[],
): CommitAnswer[] {
  const commits = flatCommits(topics);
  const errors = commits.map(({ topic, partition }) => problemOf(topic, partition, call));
  const known = commits.filter((_, at) => errors[at] === undefined);
  const results =
    known.length === 0
      ? []
      : attempt(
          () => commit(known),
          (error) => known.map(() => error),
        );
  let position = 0;
  return byTopic(
    commits,
    errors.map((error) => error ?? results[position++] ?? 'NONE'),
  );
}

/** The answer when the whole request fails. */
export function failedCommit(topics: readonly CommittedTopic[], error: ErrorName): CommitAnswer[] {
  const commits = flatCommits(topics);
  return byTopic(
    commits,
    commits.map(() => error),
  );
}

function problemOf(topic: string, partition: number, call: Call<any>): ErrorName | undefined {
  if (!call.authorize('read', 'topic', topic)) return 'TOPIC_AUTHORIZATION_FAILED';
  return call.broker.cluster.partition(topic, partition) ? undefined : 'UNKNOWN_TOPIC_OR_PARTITION';
}

function flatCommits(topics: readonly CommittedTopic[]): OffsetCommit[] {
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

/** Each topic once, however often it was asked for. */
function byTopic(commits: readonly OffsetCommit[], errors: readonly ErrorName[]): CommitAnswer[] {
  const topics = new Map<string, CommitAnswer>();
  for (const [at, { topic, partition }] of commits.entries()) {
    const answer = topics.get(topic) ?? { name: topic, partitions: [] };
    answer.partitions.push({ partitionIndex: partition, errorCode: errors[at] ?? 'NONE' });
    topics.set(topic, answer);
  }
  return [...topics.values()];
}
