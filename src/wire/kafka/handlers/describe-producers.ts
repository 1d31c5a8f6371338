import { checkTopicName, KafkaError, localLog, type PartitionLog } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import type { Call } from '../call.js';
import { array, error, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeProducers */
export const describeProducersApi = defineApi({
  name: 'DescribeProducers',
  key: 61,
  versions: [0, 0],
  flexibleSince: 0,
  offered: { standard: [0, 0], lean: [0, 0] },
  request: {
    topics: array({
      name: string,
      partitionIndexes: array(int32),
    }),
  },
  response: {
    throttleTimeMs: throttle,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: error,
        errorMessage: string.nullable().default(null),
        activeProducers: array({
          producerId: int64,
          producerEpoch: int32,
          lastSequence: int32.default(-1),
          lastTimestamp: int64.default(-1),
          coordinatorEpoch: int32,
          currentTxnStartOffset: int64.default(-1),
        }),
      }),
    }),
  },
});

const NO_TOPIC = 'This server does not host this topic-partition.';

export const describeProducers = describeProducersApi.handler({
  handle: (request, call) => ({
    topics: request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) =>
        attempt(
          () => {
            checkTopicName(name);
            call.demand('read', 'topic', name);
            if (!call.broker.cluster.topic(name)) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', NO_TOPIC);
            return producersOf(name, partitionIndex, call);
          },
          (errorCode, errorMessage) => ({ partitionIndex, errorCode, errorMessage, activeProducers: [] }),
        ),
      ),
    })),
  }),
  fail: (request, errorCode, errorMessage) => ({
    topics: request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        errorCode,
        errorMessage,
        activeProducers: [],
      })),
    })),
  }),
});

/** Any replica knows them; why one cannot tell is not said. */
function producersOf(topic: string, partitionIndex: number, { broker, nodeId }: Call<any>) {
  return attempt(
    () => {
      const log = localLog(broker.partition(topic, partitionIndex), { nodeId, leaderEpoch: -1, mayFollow: true });
      return { partitionIndex, errorCode: 'NONE' as const, activeProducers: activeProducers(log) };
    },
    (errorCode) => ({ partitionIndex, errorCode, activeProducers: [] }),
  );
}

function activeProducers(log: PartitionLog) {
  return [...log.producers.all.values()].map((state) => ({
    producerId: state.producerId,
    producerEpoch: state.epoch,
    lastSequence: state.batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: state.lastTimestampMs,
    coordinatorEpoch: state.coordinatorEpoch,
    currentTxnStartOffset: state.transactionStart ?? -1,
  }));
}
