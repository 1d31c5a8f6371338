import { isInternalTopic, KafkaError } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import type { Call } from '../call.js';
import { array, error, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DeleteRecords */
export const deleteRecordsApi = defineApi({
  name: 'DeleteRecords',
  key: 21,
  versions: [0, 2],
  flexibleSince: 2,
  offered: { standard: [0, 2], lean: [0, 2] },
  request: {
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        offset: int64,
      }),
    }),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: throttle,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        lowWatermark: int64,
        errorCode: error,
      }),
    }),
  },
});

export const deleteRecords = deleteRecordsApi.handler({
  handle: (request, call) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, offset }) =>
        attempt(
          () => ({
            partitionIndex,
            lowWatermark: deleteBefore(call, name, partitionIndex, offset),
            errorCode: 'NONE' as const,
          }),
          (errorCode) => ({ partitionIndex, lowWatermark: -1, errorCode }),
        ),
      ),
    })),
  }),
  fail: (request, errorCode) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, lowWatermark: -1, errorCode })),
    })),
  }),
});

function deleteBefore(call: Call<any>, topic: string, index: number, offset: number): number {
  call.demand('delete', 'topic', topic);
  const partition = call.broker.leaderPartition(topic, index, call.nodeId);
  if (isInternalTopic(topic)) throw new KafkaError('INVALID_TOPIC_EXCEPTION', `'${topic}' is an internal topic`);
  return call.context.outbox.run(() => partition.deleteRecords(offset));
}
