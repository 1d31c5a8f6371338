import { KafkaError } from '../../../models/kafka/index.js';
import { authorizedOperations } from '../authorized-operations.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, boolean, bytes, error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeGroups */
export const describeGroupsApi = defineApi({
  name: 'DescribeGroups',
  key: 15,
  versions: [0, 6],
  flexibleSince: 5,
  offered: { standard: [0, 5], lean: [0, 5] },
  request: {
    groups: array(string),
    includeAuthorizedOperations: boolean.since(3),
  },
  response: {
    throttleTimeMs: throttle.since(1),
    groups: array({
      errorCode: error,
      errorMessage: string.nullable().since(6).default(null),
      groupId: string,
      groupState: string,
      protocolType: string,
      protocolData: string,
      members: array({
        memberId: string,
        groupInstanceId: string.nullable().since(4),
        clientId: string,
        clientHost: string,
        memberMetadata: bytes,
        memberAssignment: bytes,
      }),
      authorizedOperations: int32.since(3).default(-2147483648),
    }),
  },
});

export const describeGroups = describeGroupsApi.handler({
  handle({ groups, includeAuthorizedOperations }, call) {
    return {
      groups: groups.map((groupId) => {
        const group = describe(groupId, call);
        if (!includeAuthorizedOperations || group.errorCode !== 'NONE') return group;
        return { ...group, authorizedOperations: authorizedOperations(call, 'group', groupId) };
      }),
    };
  },
  fail: ({ groups }, errorCode) => ({ groups: groups.map((groupId) => unknownGroup(groupId, errorCode, null)) }),
});

function describe(groupId: string, call: Call<never>) {
  try {
    call.demand('describe', 'group', groupId);
    const group = call.broker.groups.describe(groupId, call.nodeId);
    return {
      errorCode: 'NONE' as const,
      groupId,
      groupState: group.state,
      protocolType: group.protocolType,
      protocolData: group.protocolName,
      members: group.members.map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.instanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        memberMetadata: member.metadata,
        memberAssignment: member.assignment,
      })),
    };
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    // Before version 6 a group that is not there is a dead one.
    const none = error.code === 'GROUP_ID_NOT_FOUND' && call.version < 6;
    return unknownGroup(groupId, none ? 'NONE' : error.code, none ? null : error.message);
  }
}

function unknownGroup(groupId: string, errorCode: ErrorName, errorMessage: string | null) {
  const groupState = errorCode === 'NONE' || errorCode === 'GROUP_ID_NOT_FOUND' ? 'Dead' : '';
  return { errorCode, errorMessage, groupId, groupState, protocolType: '', protocolData: '', members: [] };
}
