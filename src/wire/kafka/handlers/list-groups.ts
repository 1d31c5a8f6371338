import { CLUSTER_RESOURCE } from '../../../models/kafka/index.js';
import { array, error, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_ListGroups */
export const listGroupsApi = defineApi({
  name: 'ListGroups',
  key: 16,
  versions: [0, 5],
  flexibleSince: 3,
  offered: { standard: [0, 5], lean: [0, 4] },
  request: {
    statesFilter: array(string).since(4),
    typesFilter: array(string).since(5),
  },
  response: {
    throttleTimeMs: throttle.since(1),
    errorCode: error,
    groups: array({
      groupId: string,
      protocolType: string,
      groupState: string.since(4),
      groupType: string.since(5),
    }),
  },
});

export const listGroups = listGroupsApi.handler({
  handle({ statesFilter, typesFilter }, call) {
    const listed = call.broker.groups.list({ states: statesFilter, types: typesFilter, nodeId: call.nodeId });
    const isVisible = (groupId: string) => call.authorize('describe', 'group', groupId);
    const visible = call.authorize('describe', 'cluster', CLUSTER_RESOURCE)
      ? listed
      : listed.filter(({ groupId }) => isVisible(groupId));
    return {
      groups: visible.map(({ groupId, protocolType, state, type }) => ({
        groupId,
        protocolType,
        groupState: state,
        groupType: type,
      })),
    };
  },
  fail: (_request, errorCode) => ({ errorCode, groups: [] }),
});
