import { CLUSTER_RESOURCE } from '../../../models/kafka/index.js';
import { checkBinding, demandAuthorizer, isUnknown } from '../acl-request.js';
import { attempt } from '../attempt.js';
import { CLOSED } from '../call.js';
import { array, error, int8, string, throttle } from '../field.js';
import { defineApi, type RequestOf } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_CreateAcls */
export const createAclsApi = defineApi({
  name: 'CreateAcls',
  key: 30,
  versions: [1, 3],
  flexibleSince: 2,
  offered: { standard: [1, 3], lean: [1, 3] },
  request: {
    creations: array({
      resourceType: int8,
      resourceName: string,
      resourcePatternType: int8.default(3),
      principal: string,
      host: string,
      operation: int8,
      permissionType: int8,
    }),
  },
  response: {
    throttleTimeMs: throttle,
    results: array({
      errorCode: error,
      errorMessage: string.nullable().default(''),
    }),
  },
});

export const createAcls = createAclsApi.handler({
  handle(request, call) {
    const isOdd = (entry: RequestOf<typeof createAclsApi>['creations'][number]) =>
      isUnknown(entry.resourceType, entry.resourcePatternType, entry.operation, entry.permissionType);
    if (request.creations.some(isOdd)) return CLOSED;
    demandAuthorizer(call);
    call.demand('alter', 'cluster', CLUSTER_RESOURCE);
    return {
      results: request.creations.map(({ resourcePatternType, ...binding }) =>
        attempt(
          () => {
            const whole = { ...binding, patternType: resourcePatternType };
            checkBinding(whole);
            call.broker.acls.add(whole);
            return { errorCode: 'NONE' as const };
          },
          (errorCode, errorMessage) => ({ errorCode, errorMessage }),
        ),
      ),
    };
  },
  fail: (request, errorCode, errorMessage) => ({ results: request.creations.map(() => ({ errorCode, errorMessage })) }),
});
