import { CLUSTER_RESOURCE } from '../../../models/kafka/index.js';
import { demandAuthorizer, toFilter } from '../acl-request.js';
import { array, error, int8, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DeleteAcls */
export const deleteAclsApi = defineApi({
  name: 'DeleteAcls',
  key: 31,
  versions: [1, 3],
  flexibleSince: 2,
  offered: { standard: [1, 3], lean: [1, 3] },
  request: {
    filters: array({
      resourceTypeFilter: int8,
      resourceNameFilter: string.nullable(),
      patternTypeFilter: int8.default(3),
      principalFilter: string.nullable(),
      hostFilter: string.nullable(),
      operation: int8,
      permissionType: int8,
    }),
  },
  response: {
    throttleTimeMs: throttle,
    filterResults: array({
      errorCode: error,
      errorMessage: string.nullable().default(null),
      matchingAcls: array({
        errorCode: error,
        errorMessage: string.nullable().default(null),
        resourceType: int8,
        resourceName: string,
        patternType: int8.default(3),
        principal: string,
        host: string,
        operation: int8,
        permissionType: int8,
      }),
    }),
  },
});

export const deleteAcls = deleteAclsApi.handler({
  handle(request, call) {
    demandAuthorizer(call);
    call.demand('alter', 'cluster', CLUSTER_RESOURCE);
    return {
      filterResults: request.filters.map((filter) => ({ matchingAcls: call.broker.acls.remove(toFilter(filter)) })),
    };
  },
  fail: (request, errorCode, errorMessage) => ({
    filterResults: request.filters.map(() => ({ errorCode, errorMessage, matchingAcls: [] })),
  }),
});
