import { CLUSTER_RESOURCE, KafkaError } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import type { Call } from '../call.js';
import { demandTime } from '../deadline.js';
import { array, boolean, error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_AlterPartitionReassignments */
export const alterPartitionReassignmentsApi = defineApi({
  name: 'AlterPartitionReassignments',
  key: 45,
  versions: [0, 1],
  flexibleSince: 0,
  offered: { standard: [0, 0], lean: [0, 0] },
  request: {
    timeoutMs: int32.default(60000),
    allowReplicationFactorChange: boolean.since(1).default(true),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        replicas: array(int32).nullable(),
      }),
    }),
  },
  response: {
    throttleTimeMs: throttle,
    allowReplicationFactorChange: boolean.since(1).default(true),
    errorCode: error,
    errorMessage: string.nullable().default(null),
    responses: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: error,
        errorMessage: string.nullable().default(null),
      }),
    }),
  },
});

export const alterPartitionReassignments = alterPartitionReassignmentsApi.handler({
  handle(request, call) {
    call.demand('alter', 'cluster', CLUSTER_RESOURCE);
    demandTime(request);
    return {
      responses: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, replicas }) =>
          attempt(
            () => {
              reassign(call, name, partitionIndex, replicas);
              return { partitionIndex, errorCode: 'NONE' as const };
            },
            (errorCode, message) => ({
              partitionIndex,
              errorCode,
              errorMessage: errorCode === 'NO_REASSIGNMENT_IN_PROGRESS' ? null : message,
            }),
          ),
        ),
      })),
    };
  },
  fail: (request, errorCode, errorMessage) => ({
    errorCode,
    errorMessage,
    responses: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, errorMessage })),
    })),
  }),
});

function reassign(call: Call<any>, topic: string, index: number, replicas: readonly number[] | null): void {
  const { cluster, reassignments } = call.broker;
  const partition = cluster.partition(topic, index);
  if (!partition) {
    const what = cluster.topic(topic) ? `partition ${topic}:${index}` : `a topic named ${topic}`;
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find ${what}.`);
  }
  call.context.outbox.run(() =>
    replicas === null ? reassignments.cancel(partition) : reassignments.begin(partition, replicas),
  );
}
