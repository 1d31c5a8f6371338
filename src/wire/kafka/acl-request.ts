import { type AclBinding, type AclFilter, KafkaError } from '../../models/kafka/index.js';
import type { Call } from './call.js';

const LITERAL = 3;
const PREFIXED = 4;
const DENY = 2;
const ALLOW = 3;
/** The first kind of a resource or operation that is not `any`. */
const FIRST_KIND = 2;
const LAST_RESOURCE = 7;
const LAST_OPERATION = 14;

/** @throws KafkaError SECURITY_DISABLED when nothing would be enforced */
export function demandAuthorizer(call: Call<any>, text = 'No Authorizer is configured.'): void {
  if (call.broker.acls.enabled) return;
  throw new KafkaError('SECURITY_DISABLED', text);
}

/** A filter as requests describe it. */
export function toFilter(request: {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
}): AclFilter {
  return {
    resourceType: request.resourceTypeFilter,
    resourceName: request.resourceNameFilter,
    patternType: request.patternTypeFilter,
    principal: request.principalFilter,
    host: request.hostFilter,
    operation: request.operation,
    permissionType: request.permissionType,
  };
}

/** @throws KafkaError INVALID_REQUEST for a rule that could never apply */
export function checkBinding(binding: AclBinding): void {
  const { resourceType, resourceName, patternType, principal, operation, permissionType } = binding;
  const valid =
    resourceType >= FIRST_KIND &&
    resourceType <= LAST_RESOURCE &&
    (patternType === LITERAL || patternType === PREFIXED) &&
    operation >= FIRST_KIND &&
    operation <= LAST_OPERATION &&
    (permissionType === DENY || permissionType === ALLOW) &&
    resourceName !== '' &&
    principal.includes(':');
  if (!valid) throw new KafkaError('INVALID_REQUEST', `The ACL for '${principal}' on '${resourceName}' is not valid`);
}
