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
