import { array, boolean, bytes, error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_JoinGroup */
export const joinGroupApi = defineApi({
  name: 'JoinGroup',
  key: 11,
  versions: [0, 9],
  flexibleSince: 6,
  offered: { standard: [0, 9], lean: [0, 6] },
  request: {
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: int32.since(1).default(-1),
    memberId: string,
    groupInstanceId: string.nullable().since(5),
    protocolType: string,
    protocols: array({
      name: string,
      metadata: bytes,
    }),
    reason: string.nullable().since(8),
  },
  response: {
    throttleTimeMs: throttle.since(2),
    errorCode: error,
    generationId: int32.default(-1),
    protocolType: string.nullable().since(7),
    protocolName: string.nullable(7),
    leader: string,
    skipAssignment: boolean.since(9),
    memberId: string,
    members: array({
      memberId: string,
      groupInstanceId: string.nullable().since(5),
      metadata: bytes,
    }),
  },
});

export const joinGroup = joinGroupApi.handler({
  handle(request, call) {
    return call.later((answer) =>
      call.broker.groups.join(
        request.groupId,
        {
          memberId: request.memberId,
          instanceId: request.groupInstanceId,
          clientId: call.clientId,
          clientHost: call.clientHost,
          sessionTimeoutMs: request.sessionTimeoutMs,
          rebalanceTimeoutMs: request.rebalanceTimeoutMs,
          protocolType: request.protocolType,
          protocols: request.protocols,
          requiresKnownId: call.version >= 4,
          skipsAssignment: call.version >= 9,
        },
        (joined) =>
          answer({
            errorCode: joined.error,
            generationId: joined.generationId,
            protocolType: joined.protocolType,
            protocolName: joined.protocolName,
            leader: joined.leaderId,
            skipAssignment: joined.skipAssignment,
            memberId: joined.memberId,
            members: joined.members.map(({ memberId, instanceId, metadata }) => ({
              memberId,
              groupInstanceId: instanceId,
              metadata,
            })),
          }),
        call.nodeId,
      ),
    );
  },
  fail: (request, errorCode) => ({
    errorCode,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    // Who may not join is not told who he said that he is.
    memberId: errorCode === 'GROUP_AUTHORIZATION_FAILED' ? '' : request.memberId,
    members: [],
  }),
});
