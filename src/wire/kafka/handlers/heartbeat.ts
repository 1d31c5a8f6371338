import { error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_Heartbeat */
export const heartbeatApi = defineApi({
  name: 'Heartbeat',
  key: 12,
  versions: [0, 4],
  flexibleSince: 4,
  offered: { standard: [0, 4], lean: [0, 4] },
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: string.nullable().since(3),
  },
  response: {
    throttleTimeMs: throttle.since(1),
    errorCode: error,
  },
});

export const heartbeat = heartbeatApi.handler({
  handle({ groupId, generationId, memberId, groupInstanceId }, call) {
    call.broker.groups.heartbeat(groupId, { memberId, instanceId: groupInstanceId, generationId }, call.nodeId);
    return {};
  },
  fail: (_request, errorCode) => ({ errorCode }),
});
