import { KafkaError } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import type { Call } from '../call.js';
import { array, error, int8, int32, int64, string, throttle } from '../field.js';
import { defineApi, type RequestOf, type ResponseOf } from '../handler.js';
import { repeated } from '../repeated.js';

/** @see https://kafka.apache.org/protocol#The_Messages_ListOffsets */
export const listOffsetsApi = defineApi({
  name: 'ListOffsets',
  key: 2,
  versions: [1, 11],
  flexibleSince: 6,
  offered: { standard: [1, 10], lean: [1, 5] },
  request: {
    replicaId: int32,
    isolationLevel: int8.since(2),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        currentLeaderEpoch: int32.since(4).default(-1),
        timestamp: int64,
      }),
    }),
    timeoutMs: int32.since(10),
  },
  response: {
    throttleTimeMs: throttle.since(2),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: error,
        timestamp: int64.default(-1),
        offset: int64.default(-1),
        leaderEpoch: int32.since(4).default(-1),
      }),
    }),
  },
});

type Request = RequestOf<typeof listOffsetsApi>;
type Response = ResponseOf<typeof listOffsetsApi>;
type PartitionRequest = Request['topics'][number]['partitions'][number];

/** Version in which each of the special instants came; those of before are as old as the API. */
const SPECIAL_SINCE = new Map([
  [-3, 7],
  [-4, 8],
  [-5, 9],
  [-6, 11],
]);

export const listOffsets = listOffsetsApi.handler({
  handle(request, call) {
    const keyOf = (name: string, partitionIndex: number) => `${partitionIndex} ${name}`;
    const keys = request.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => keyOf(name, partitionIndex)),
    );
    const twice = repeated(keys);
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((asked) => {
          const { partitionIndex } = asked;
          return attempt(
            () => {
              call.demand('describe', 'topic', name);
              if (!twice.has(keyOf(name, partitionIndex))) return find(name, asked, request, call);
              return { partitionIndex, errorCode: 'INVALID_REQUEST' as const };
            },
            (errorCode) => ({ partitionIndex, errorCode }),
          );
        }),
      })),
    };
  },
  fail: (request, errorCode) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }),
});

function find(topic: string, asked: PartitionRequest, request: Request, call: Call<Response>) {
  const { partitionIndex, timestamp, currentLeaderEpoch } = asked;
  const supported = timestamp >= -2 || call.version >= (SPECIAL_SINCE.get(timestamp) ?? Infinity);
  if (!supported) {
    throw new KafkaError('UNSUPPORTED_VERSION', `timestamp ${timestamp} has no meaning in version ${call.version}`);
  }
  const found = call.broker.listOffset({
    nodeId: call.nodeId,
    topic,
    partition: partitionIndex,
    leaderEpoch: currentLeaderEpoch,
    timestampMs: timestamp,
    committed: request.isolationLevel === 1,
  });
  return {
    partitionIndex,
    errorCode: 'NONE' as const,
    timestamp: found.timestampMs,
    offset: found.offset,
    leaderEpoch: found.leaderEpoch,
  };
}
