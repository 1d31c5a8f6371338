import { CLUSTER_RESOURCE } from '../../../models/kafka/index.js';
import { checkFilter, demandAuthorizer, isOddFilter, toFilter } from '../acl-request.js';
import { attempt } from '../attempt.js';
import { CLOSED } from '../call.js';
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
    if (request.filters.some(isOddFilter)) return CLOSED;
    demandAuthorizer(call);
    call.demand('alter', 'cluster', CLUSTER_RESOURCE);
    const { acls } = call.broker;
    const filterResults = request.filters.map((asked) =>
      attempt(
        () => {
          const filter = toFilter(asked);
          checkFilter(filter);
          return { errorCode: 'NONE' as const, matchingAcls: acls.find(filter) };
        },
        (errorCode, errorMessage) => ({ errorCode, errorMessage, matchingAcls: [] }),
      ),
    );
    // A rule that several filters accept is in the answer to each.
    acls.remove(filterResults.flatMap(({ matchingAcls }) => matchingAcls));
    return { filterResults };
  },
  fail: (request, errorCode, errorMessage) => ({
    filterResults: request.filters.map(() => ({ errorCode, errorMessage, matchingAcls: [] })),
  }),
});
