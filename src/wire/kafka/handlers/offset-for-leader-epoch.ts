import { CLUSTER_RESOURCE, localLog } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import { array, error, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_OffsetForLeaderEpoch */
export const offsetForLeaderEpochApi = defineApi({
  name: 'OffsetForLeaderEpoch',
  key: 23,
  versions: [2, 4],
  flexibleSince: 4,
  offered: { standard: [2, 4], lean: [2, 4] },
  request: {
    replicaId: int32.since(3).default(-2),
    topics: array({
      topic: string,
      partitions: array({
        partition: int32,
        currentLeaderEpoch: int32.default(-1),
        leaderEpoch: int32,
      }),
    }),
  },
  response: {
    throttleTimeMs: throttle,
    topics: array({
      topic: string,
      partitions: array({
        errorCode: error,
        partition: int32,
        leaderEpoch: int32.default(-1),
        endOffset: int64.default(-1),
      }),
    }),
  },
});

export const offsetForLeaderEpoch = offsetForLeaderEpochApi.handler({
  handle(request, call) {
    // Who is a broker may see all topics.
    const actsForCluster = call.authorize('clusterAction', 'cluster', CLUSTER_RESOURCE);
    const topics = request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) =>
        attempt(
          () => {
            if (!actsForCluster) call.demand('describe', 'topic', topic);
            const partition = call.broker.partition(topic, asked.partition);
            const log = localLog(partition, { nodeId: call.nodeId, leaderEpoch: asked.currentLeaderEpoch });
            const end = log.epochs.endOf(asked.leaderEpoch, log.logEnd, partition.leaderEpoch);
            return {
              partition: asked.partition,
              errorCode: 'NONE' as const,
              leaderEpoch: end.epoch,
              endOffset: end.endOffset,
            };
          },
          (errorCode) => ({ partition: asked.partition, errorCode }),
        ),
      ),
    }));
    return { topics };
  },
  fail: (request, errorCode) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
    })),
  }),
});
