import { array, error, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_LeaveGroup */
export const leaveGroupApi = defineApi({
  name: 'LeaveGroup',
  key: 13,
  versions: [0, 5],
  flexibleSince: 4,
  offered: { standard: [0, 5], lean: [0, 4] },
  request: {
    groupId: string,
    memberId: string.until(2),
    members: array({
      memberId: string,
      groupInstanceId: string.nullable(),
      reason: string.nullable().since(5),
    })
      .since(3)
      .default([]),
  },
  response: {
    throttleTimeMs: throttle.since(1),
    errorCode: error,
    members: array({
      memberId: string,
      groupInstanceId: string.nullable(),
      errorCode: error,
    }).since(3),
  },
});

export const leaveGroup = leaveGroupApi.handler({
  handle(request, call) {
    const leaving =
      call.version >= 3
        ? request.members.map(({ memberId, groupInstanceId }) => ({ memberId, instanceId: groupInstanceId }))
        : [{ memberId: request.memberId, instanceId: null }];
    const errors = call.broker.groups.leave(request.groupId, leaving, call.nodeId);
    const members = leaving.map(({ memberId, instanceId }, i) => ({
      memberId,
      groupInstanceId: instanceId,
      errorCode: errors[i] ?? 'NONE',
    }));
    // Before members had results of their own, that of the only one was the answer's.
    return call.version >= 3 ? { members } : { errorCode: errors[0] ?? 'NONE', members };
  },
  fail: (_request, errorCode) => ({ errorCode, members: [] }),
});
