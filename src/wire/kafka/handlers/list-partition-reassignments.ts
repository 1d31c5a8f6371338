import { CLUSTER_RESOURCE } from '../../../models/kafka/index.js';
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

/** Partitions move at once, so none is ever on its way. */
export const listPartitionReassignments = listPartitionReassignmentsApi.handler({
  handle(_request, call) {
    call.demand('describe', 'cluster', CLUSTER_RESOURCE);
    return { topics: [] };
  },
  fail: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, topics: [] }),
});
