import { type FetchedOffset, KafkaError } from '../../../models/kafka/index.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, boolean, error, int32, int64, string, throttle, uuid } from '../field.js';
import { defineApi, type RequestOf } from '../handler.js';
import { NO_UUID } from '../reader.js';

/** @see https://kafka.apache.org/protocol#The_Messages_OffsetFetch */
export const offsetFetchApi = defineApi({
  name: 'OffsetFetch',
  key: 9,
  versions: [1, 10],
  flexibleSince: 6,
  offered: { standard: [1, 9], lean: [1, 8] },
  request: {
    groupId: string.until(7),
    topics: array({
      name: string,
      partitionIndexes: array(int32),
    })
      .nullable(2)
      .until(7),
    groups: array({
      groupId: string,
      memberId: string.nullable().since(9),
      memberEpoch: int32.since(9).default(-1),
      topics: array({
        name: string.until(9),
        topicId: uuid.since(10).default(NO_UUID),
        partitionIndexes: array(int32),
      }).nullable(),
    })
      .since(8)
      .default([]),
    requireStable: boolean.since(7),
  },
  response: {
    throttleTimeMs: throttle.since(3),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.since(5).default(-1),
        metadata: string.nullable(),
        errorCode: error,
      }),
    }).until(7),
    errorCode: error.since(2).until(7),
    groups: array({
      groupId: string,
      topics: array({
        name: string.until(9),
        topicId: uuid.since(10).default(NO_UUID),
        partitions: array({
          partitionIndex: int32,
          committedOffset: int64,
          committedLeaderEpoch: int32.default(-1),
          metadata: string.nullable(),
          errorCode: error,
        }),
      }),
      errorCode: error,
    })
      .since(8)
      .default([]),
  },
});

type OffsetFetchRequest = RequestOf<typeof offsetFetchApi>;

/** One group of a request, in any version. */
interface WantedOffsets {
  readonly groupId: string;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly topics: readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[] | null;
}

export const offsetFetch = offsetFetchApi.handler({
  handle(request, call) {
    if (call.version < 8) {
      const topics = fetchGroup(call, wantedOf(request), request.requireStable);
      return { topics };
    }
    return {
      topics: [],
      groups: request.groups.map((wanted) => {
        const { groupId } = wanted;
        try {
          return { groupId, topics: fetchGroup(call, wanted, request.requireStable), errorCode: 'NONE' as const };
        } catch (error) {
          if (!(error instanceof KafkaError)) throw error;
          return { groupId, topics: [], errorCode: error.code };
        }
      }),
    };
  },
  // Version 1 has no place for the error: its clients find no offsets.
  fail: (request, errorCode) => ({
    topics: [],
    errorCode,
    groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode })),
  }),
});

function wantedOf({ groupId, topics }: OffsetFetchRequest): WantedOffsets {
  return { groupId, memberId: null, memberEpoch: -1, topics };
}

function fetchGroup(call: Call<never>, wanted: WantedOffsets, requireStable: boolean) {
  const { groupId, memberId, memberEpoch, topics } = wanted;
  call.demand('describe', 'group', groupId);
  const isVisible = (topic: string) => call.authorize('describe', 'topic', topic);
  const places = topics?.flatMap(({ name, partitionIndexes }) =>
    isVisible(name) ? partitionIndexes.map((partition) => ({ topic: name, partition })) : [],
  );
  const fetched = call.broker.groups.fetchOffsets(groupId, places, {
    requireStable,
    nodeId: call.nodeId,
    ...(memberId !== null && { member: { memberId, memberEpoch } }),
  });
  if (!topics) return byTopic(fetched.filter(({ topic }) => isVisible(topic)));
  let position = 0;
  return topics.map(({ name, partitionIndexes }) => {
    if (!isVisible(name)) return failedTopic(name, partitionIndexes, 'TOPIC_AUTHORIZATION_FAILED');
    const start = position;
    position += partitionIndexes.length;
    return { name, partitions: fetched.slice(start, position).map(partitionAnswer) };
  });
}

function failedTopic(name: string, partitionIndexes: readonly number[], errorCode: ErrorName) {
  const nothing = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode };
  return { name, partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, ...nothing })) };
}

function byTopic(fetched: readonly FetchedOffset[]) {
  const topics = new Map<string, ReturnType<typeof partitionAnswer>[]>();
  for (const one of fetched) {
    const partitions = topics.get(one.topic);
    if (partitions) partitions.push(partitionAnswer(one));
    else topics.set(one.topic, [partitionAnswer(one)]);
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }));
}

function partitionAnswer({ partition, offset, leaderEpoch, metadata, error }: FetchedOffset) {
  return {
    partitionIndex: partition,
    committedOffset: offset,
    committedLeaderEpoch: leaderEpoch,
    metadata,
    errorCode: error,
  };
}
