import { checkTopicName, KafkaError, type Partition, type Topic } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import { authorizedOperations } from '../authorized-operations.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, boolean, error, int32, string, struct, throttle, uuid } from '../field.js';
import { defineApi, type RequestOf, type ResponseOf } from '../handler.js';
import { describePartition } from '../partition-metadata.js';
import { NO_UUID } from '../reader.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeTopicPartitions */
export const describeTopicPartitionsApi = defineApi({
  name: 'DescribeTopicPartitions',
  key: 75,
  versions: [0, 0],
  flexibleSince: 0,
  offered: { standard: [0, 0], lean: [0, 0] },
  request: {
    topics: array({
      name: string,
    }),
    responsePartitionLimit: int32.default(2000),
    cursor: struct({
      topicName: string,
      partitionIndex: int32,
    }).nullable(),
  },
  response: {
    throttleTimeMs: throttle,
    topics: array({
      errorCode: error,
      name: string.nullable(),
      topicId: uuid,
      isInternal: boolean,
      partitions: array({
        errorCode: error,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: int32.default(-1),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        eligibleLeaderReplicas: array(int32).nullable(),
        lastKnownElr: array(int32).nullable(),
        offlineReplicas: array(int32),
      }),
      topicAuthorizedOperations: int32.default(-2147483648),
    }),
    nextCursor: struct({
      topicName: string,
      partitionIndex: int32,
    }).nullable(),
  },
});

type Request = RequestOf<typeof describeTopicPartitionsApi>;
type Response = ResponseOf<typeof describeTopicPartitionsApi>;
type TopicAnswer = Response['topics'][number];

const MOST_PARTITIONS = 2_000;

export const describeTopicPartitions = describeTopicPartitionsApi.handler({
  handle(request, call) {
    const { cursor } = request;
    if (cursor && !isPlace(cursor, request.topics)) {
      const place = `'${cursor.topicName}', ${cursor.partitionIndex}`;
      throw new KafkaError('INVALID_REQUEST', `the cursor is no place to go on from: ${place}`);
    }
    const names = askedNames(request, call);
    const isVisible = (name: string) => call.authorize('describe', 'topic', name);
    const hidden = request.topics.length > 0 ? names.filter((name) => !isVisible(name)) : [];
    const denied = hidden.map((name) => missing(name, 'TOPIC_AUTHORIZATION_FAILED'));
    const topics: TopicAnswer[] = [];
    let left = Math.min(Math.max(request.responsePartitionLimit, 1), MOST_PARTITIONS);
    for (const name of names.filter(isVisible)) {
      const first = cursor?.topicName === name ? cursor.partitionIndex : 0;
      if (left === 0) return { topics: [...topics, ...denied], nextCursor: { topicName: name, partitionIndex: first } };
      const topic = call.broker.cluster.topic(name);
      if (!topic) {
        topics.push(withOperations(missing(name, problemOf(name)), name, call));
        continue;
      }
      const partitions = topic.partitions.slice(first, first + left);
      topics.push(withOperations(describe(topic, partitions), name, call));
      left -= partitions.length;
      const next = first + partitions.length;
      if (next < topic.partitions.length) {
        return { topics: [...topics, ...denied], nextCursor: { topicName: name, partitionIndex: next } };
      }
    }
    return { topics: [...topics, ...denied], nextCursor: null };
  },
  fail: (request, errorCode) => ({
    topics: request.topics.map(({ name }) => missing(name, errorCode)),
    nextCursor: null,
  }),
});

/** Whether something can go on from a cursor: its topic has to be among those asked for, unless all are. */
function isPlace({ topicName, partitionIndex }: NonNullable<Request['cursor']>, asked: Request['topics']): boolean {
  return partitionIndex >= 0 && (asked.length === 0 || asked.some(({ name }) => name === topicName));
}

/** In the order of their names, from the cursor on; none asked for stands for all. */
function askedNames(request: Request, call: Call<Response>): string[] {
  const asked = request.topics.map(({ name }) => name);
  const names = asked.length > 0 ? asked : [...call.broker.cluster.topics.keys()];
  const from = request.cursor?.topicName ?? '';
  return [...new Set(names)].filter((name) => name >= from).sort();
}

function describe(topic: Topic, partitions: readonly Partition[]): TopicAnswer {
  return {
    errorCode: 'NONE',
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.internal,
    partitions: partitions.map((partition) => ({
      ...describePartition(partition),
      // Even without a leader, unlike in Metadata.
      errorCode: 'NONE' as const,
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
    })),
  };
}

/** Why there is no topic of this name. */
function problemOf(name: string): ErrorName {
  return attempt(
    () => {
      checkTopicName(name);
      return 'UNKNOWN_TOPIC_OR_PARTITION';
    },
    (errorCode) => errorCode,
  );
}

function withOperations(topic: TopicAnswer, name: string, call: Call<Response>): TopicAnswer {
  return { ...topic, topicAuthorizedOperations: authorizedOperations(call, 'topic', name) };
}

function missing(name: string, errorCode: ErrorName): TopicAnswer {
  return { errorCode, name, topicId: NO_UUID, isInternal: false, partitions: [] };
}
