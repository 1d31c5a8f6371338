import { clusterOperations } from '../authorized-operations.js';
import type { ErrorName } from '../error-code.js';
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

/** What `endpointType` may ask for; only brokers have addresses here. */
const BROKERS = 1;
const CONTROLLERS = 2;

export const describeCluster = describeClusterApi.handler({
  handle(request, call) {
    const { cluster } = call.broker;
    if (call.version >= 1 && request.endpointType !== BROKERS) return refused(request.endpointType);
    return {
      clusterId: cluster.clusterId,
      controllerId: cluster.controller,
      ...(request.includeClusterAuthorizedOperations && {
        clusterAuthorizedOperations: clusterOperations(call),
      }),
      brokers: cluster.liveNodes.flatMap(({ id, rack }) => {
        const address = call.address(id);
        return address ? [{ brokerId: id, host: address.host, port: address.port, rack, isFenced: false }] : [];
      }),
    };
  },
  fail: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, clusterId: '', brokers: [] }),
});

function refused(endpointType: number) {
  const [errorCode, errorMessage]: [ErrorName, string] =
    endpointType === CONTROLLERS
      ? [
          'MISMATCHED_ENDPOINT_TYPE',
          'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
        ]
      : ['UNSUPPORTED_ENDPOINT_TYPE', `Unsupported endpoint type ${endpointType}`];
  return { errorCode, errorMessage, clusterId: '', brokers: [] };
}
