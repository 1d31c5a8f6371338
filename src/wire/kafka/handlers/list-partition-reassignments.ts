import { CLUSTER_RESOURCE, type Reassignment } from '../../../models/kafka/index.js';
import { array, error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_ListPartitionReassignments */
export const listPartitionReassignmentsApi = defineApi({
  name: 'ListPartitionReassignments',
  key: 46,
  versions: [0, 0],
  flexibleSince: 0,
  offered: { standard: [0, 0], lean: [0, 0] },
  request: {
    timeoutMs: int32.default(60000),
    topics: array({
      name: string,
      partitionIndexes: array(int32),
    }).nullable(),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
    errorMessage: string.nullable().default(null),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        replicas: array(int32),
        addingReplicas: array(int32),
        removingReplicas: array(int32),
      }),
    }),
  },
});

export const listPartitionReassignments = listPartitionReassignmentsApi.handler({
  handle({ topics }, call) {
    call.demand('describe', 'cluster', CLUSTER_RESOURCE);
    const { cluster, reassignments } = call.broker;
    const asked =
      topics?.map(({ name, partitionIndexes }) => ({
        name,
        moves: partitionIndexes.flatMap((index) => {
          const partition = cluster.partition(name, index);
          return (partition && reassignments.of(partition)) ?? [];
        }),
      })) ?? byTopic(reassignments.list);
    return {
      topics: asked
        .filter(({ moves }) => moves.length > 0)
        .map(({ name, moves }) => ({
          name,
          partitions: moves.map(({ partition, adding, removing }) => ({
            partitionIndex: partition.index,
            replicas: partition.replicas,
            addingReplicas: adding,
            removingReplicas: removing,
          })),
        })),
    };
  },
  fail: ({ topics }, errorCode, errorMessage) => ({
    errorCode,
    errorMessage,
    topics: (topics ?? []).map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        replicas: [],
        addingReplicas: [],
        removingReplicas: [],
      })),
    })),
  }),
});

function byTopic(moves: readonly Reassignment[]) {
  const names = new Set(moves.map(({ partition }) => partition.home.name));
  return [...names].map((name) => ({ name, moves: moves.filter(({ partition }) => partition.home.name === name) }));
}
