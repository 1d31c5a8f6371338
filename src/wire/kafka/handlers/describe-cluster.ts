import { array, boolean, error, int8, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeCluster */
export const describeClusterApi = defineApi({
  name: 'DescribeCluster',
  key: 60,
  versions: [0, 2],
  flexibleSince: 0,
  offered: { standard: [0, 1], lean: [0, 0] },
  request: {
    includeClusterAuthorizedOperations: boolean,
    endpointType: int8.since(1).default(1),
    includeFencedBrokers: boolean.since(2),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
    errorMessage: string.nullable().default(null),
    endpointType: int8.since(1).default(1),
    clusterId: string,
    controllerId: int32.default(-1),
    brokers: array({
      brokerId: int32,
      host: string,
      port: int32,
      rack: string.nullable().default(null),
      isFenced: boolean.since(2),
    }),
    clusterAuthorizedOperations: int32.default(-2147483648),
  },
});
