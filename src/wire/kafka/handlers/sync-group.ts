import { KafkaError } from '../../../models/kafka/index.js';
import { array, bytes, error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_SyncGroup */
export const syncGroupApi = defineApi({
  name: 'SyncGroup',
  key: 14,
  versions: [0, 5],
  flexibleSince: 4,
  offered: { standard: [0, 5], lean: [0, 4] },
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: string.nullable().since(3),
    protocolType: string.nullable().since(5),
    protocolName: string.nullable().since(5),
    assignments: array({
      memberId: string,
      assignment: bytes,
    }),
  },
  response: {
    throttleTimeMs: throttle.since(1),
    errorCode: error,
    protocolType: string.nullable().since(5),
    protocolName: string.nullable().since(5),
    assignment: bytes,
  },
});

export const syncGroup = syncGroupApi.handler({
  handle(request, call) {
    if (call.version >= 5 && (request.protocolType === null || request.protocolName === null)) {
      throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL', 'a member that syncs says which protocol was chosen');
    }
    return call.later((answer) =>
      call.broker.groups.sync(
        request.groupId,
        {
          memberId: request.memberId,
          instanceId: request.groupInstanceId,
          generationId: request.generationId,
          protocolType: request.protocolType,
          protocolName: request.protocolName,
          assignments: request.assignments,
        },
        ({ error, protocolType, protocolName, assignment }) =>
          answer({ errorCode: error, protocolType, protocolName, assignment }),
        call.nodeId,
      ),
    );
  },
  fail: (_request, errorCode) => ({
    errorCode,
    protocolType: null,
    protocolName: null,
    assignment: new Uint8Array(0),
  }),
});
