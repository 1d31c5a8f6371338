import { KafkaError } from '../../../models/kafka/index.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, error, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DeleteGroups */
export const deleteGroupsApi = defineApi({
  name: 'DeleteGroups',
  key: 42,
  versions: [0, 2],
  flexibleSince: 2,
  offered: { standard: [0, 2], lean: [0, 2] },
  request: {
    groupsNames: array(string),
  },
  response: {
    throttleTimeMs: throttle,
    results: array({
      groupId: string,
      errorCode: error,
    }),
  },
});

export const deleteGroups = deleteGroupsApi.handler({
  handle: ({ groupsNames }, call) => ({
    results: [...new Set(groupsNames)].map((groupId) => ({ groupId, errorCode: deleteGroup(groupId, call) })),
  }),
  fail: ({ groupsNames }, errorCode) => ({ results: groupsNames.map((groupId) => ({ groupId, errorCode })) }),
});

function deleteGroup(groupId: string, call: Call<never>): ErrorName {
  try {
    call.demand('delete', 'group', groupId);
    call.broker.groups.deleteGroup(groupId, call.nodeId);
    return 'NONE';
  } catch (error) {
    if (error instanceof KafkaError) return error.code;
    throw error;
  }
}
