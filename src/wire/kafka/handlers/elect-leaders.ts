import { CLUSTER_RESOURCE, KafkaError } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import type { Call } from '../call.js';
import { demandTime } from '../deadline.js';
import { array, error, int8, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_ElectLeaders */
export const electLeadersApi = defineApi({
  name: 'ElectLeaders',
  key: 43,
  versions: [0, 2],
  flexibleSince: 2,
  offered: { standard: [0, 2], lean: [0, 2] },
  request: {
    electionType: int8.since(1),
    topicPartitions: array({
      topic: string,
      partitions: array(int32),
    }).nullable(),
    timeoutMs: int32.default(60000),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error.since(1),
    replicaElectionResults: array({
      topic: string,
      partitionResult: array({
        partitionId: int32,
        errorCode: error,
        errorMessage: string.nullable().default(null),
      }),
    }),
  },
});

const PREFERRED = 0;
const UNCLEAN = 1;

export const electLeaders = electLeadersApi.handler({
  handle(request, call) {
    call.demand('alter', 'cluster', CLUSTER_RESOURCE);
    demandTime(request);
    const type = call.version === 0 ? PREFERRED : request.electionType;
    if (type !== PREFERRED && type !== UNCLEAN) {
      throw new KafkaError('INVALID_REQUEST', `Unknown election type ${type}`);
    }
    const asked =
      request.topicPartitions ??
      [...call.broker.cluster.topics.values()].map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.map(({ index }) => index),
      }));
    const results = asked.map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) =>
        attempt(
          () => {
            elect(call, topic, partitionId, type);
            return { partitionId, errorCode: 'NONE' as const };
          },
          (errorCode, errorMessage) => ({ partitionId, errorCode, errorMessage }),
        ),
      ),
    }));
    if (request.topicPartitions) return { replicaElectionResults: results };
    // Asked for all, only what had to be done is told of each topic.
    const done = results.map(({ topic, partitionResult }) => ({
      topic,
      partitionResult: partitionResult.filter(({ errorCode }) => errorCode !== 'ELECTION_NOT_NEEDED'),
    }));
    return { replicaElectionResults: done };
  },
  fail: ({ topicPartitions }, errorCode, errorMessage) => ({
    errorCode,
    replicaElectionResults: (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, errorCode, errorMessage })),
    })),
  }),
});

function elect(call: Call<any>, topic: string, index: number, type: number): void {
  const { cluster } = call.broker;
  const partition = cluster.partition(topic, index);
  if (!partition) {
    const what = cluster.topic(topic) ? `partition as ${topic}-${index}` : `topic as ${topic}`;
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `No such ${what}`);
  }
  call.context.outbox.run(() =>
    type === PREFERRED ? cluster.electPreferred(partition) : cluster.electUnclean(partition),
  );
}
