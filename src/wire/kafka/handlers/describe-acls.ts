import { type AclBinding, CLUSTER_RESOURCE } from '../../../models/kafka/index.js';
import { demandAuthorizer, isOddFilter, toFilter } from '../acl-request.js';
import { CLOSED } from '../call.js';
import { array, error, int8, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeAcls */
export const describeAclsApi = defineApi({
  name: 'DescribeAcls',
  key: 29,
  versions: [1, 3],
  flexibleSince: 2,
  offered: { standard: [1, 3], lean: [1, 3] },
  request: {
    resourceTypeFilter: int8,
    resourceNameFilter: string.nullable(),
    patternTypeFilter: int8.default(3),
    principalFilter: string.nullable(),
    hostFilter: string.nullable(),
    operation: int8,
    permissionType: int8,
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
    errorMessage: string.nullable().default(''),
    resources: array({
      resourceType: int8,
      resourceName: string,
      patternType: int8.default(3),
      acls: array({
        principal: string,
        host: string,
        operation: int8,
        permissionType: int8,
      }),
    }),
  },
});

export const describeAcls = describeAclsApi.handler({
  handle(request, call) {
    if (isOddFilter(request)) return CLOSED;
    demandAuthorizer(call, 'No Authorizer is configured on the broker');
    call.demand('describe', 'cluster', CLUSTER_RESOURCE);
    const resources = new Map<string, ResourceAnswer>();
    for (const binding of call.broker.acls.find(toFilter(request))) {
      const { resourceType, resourceName, patternType } = binding;
      const key = `${resourceType} ${patternType} ${resourceName}`;
      const resource = resources.get(key) ?? { resourceType, resourceName, patternType, acls: [] };
      resource.acls.push(binding);
      resources.set(key, resource);
    }
    return { resources: [...resources.values()] };
  },
  fail: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, resources: [] }),
});

interface ResourceAnswer {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly acls: AclBinding[];
}
