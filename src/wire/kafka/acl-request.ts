import {
  ACL_OPERATIONS,
  ACL_PATTERNS,
  ACL_PERMISSIONS,
  ACL_RESOURCES,
  type AclBinding,
  type AclFilter,
  CLUSTER_RESOURCE,
  KafkaError,
} from '../../models/kafka/index.js';
import type { Call } from './call.js';

/** @throws KafkaError SECURITY_DISABLED when nothing would be enforced */
export function demandAuthorizer(call: Call<any>, text = 'No Authorizer is configured.'): void {
  if (call.broker.acls.enabled) return;
  throw new KafkaError('SECURITY_DISABLED', text);
}

/** A filter as requests describe it. */
interface AskedFilter {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
}

export function toFilter(request: AskedFilter): AclFilter {
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

/** Whether something has a number that says nothing, for which Kafka ends the connection. */
export function isUnknown(...numbers: readonly number[]): boolean {
  return numbers.includes(0);
}

export function isOddFilter(asked: AskedFilter): boolean {
  return isUnknown(asked.resourceTypeFilter, asked.patternTypeFilter, asked.operation, asked.permissionType);
}

/** @throws KafkaError INVALID_REQUEST for a rule that could never apply */
export function checkBinding(binding: AclBinding): void {
  const problem = problemOf(binding);
  if (problem) throw new KafkaError('INVALID_REQUEST', problem);
}

function problemOf(binding: AclBinding): string | undefined {
  const { resourceType, resourceName, patternType, principal, operation, permissionType } = binding;
  if (resourceType === ACL_RESOURCES.cluster && resourceName !== CLUSTER_RESOURCE) {
    return `The only valid name for the CLUSTER resource is ${CLUSTER_RESOURCE}`;
  }
  if (resourceName === '') return 'Invalid empty resource name';
  if (!isNamed(ACL_RESOURCES, resourceType)) return `Invalid resourceType ${nameOf(ACL_RESOURCES, resourceType)}`;
  if (patternType !== ACL_PATTERNS.literal && patternType !== ACL_PATTERNS.prefixed) {
    return `Invalid patternType ${nameOf(ACL_PATTERNS, patternType)}`;
  }
  if (!isNamed(ACL_OPERATIONS, operation)) return `Invalid operation ${nameOf(ACL_OPERATIONS, operation)}`;
  if (!isNamed(ACL_PERMISSIONS, permissionType)) {
    return `Invalid permissionType ${nameOf(ACL_PERMISSIONS, permissionType)}`;
  }
  if (principal.includes(':')) return undefined;
  return (
    `Could not parse principal from \`${principal}\` (no colon is present separating the principal type from the ` +
    'principal name)'
  );
}

type Names = Readonly<Record<string, number>>;

function isNamed(names: Names, number: number): boolean {
  return number !== names.any && Object.values(names).includes(number);
}

/** A name as Kafka writes it. */
function nameOf(names: Names, number: number): string {
  const [name = 'unknown'] = Object.keys(names).filter((candidate) => names[candidate] === number);
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** @throws KafkaError INVALID_REQUEST for a filter that nothing could pass */
export function checkFilter(filter: AclFilter): void {
  const isAbout = (names: Names, number: number) => Object.values(names).includes(number);
  if (!isAbout(ACL_RESOURCES, filter.resourceType) || !isAbout(ACL_PATTERNS, filter.patternType)) {
    throw new KafkaError('INVALID_REQUEST', 'Unknown patternFilter.');
  }
  if (isAbout(ACL_OPERATIONS, filter.operation) && isAbout(ACL_PERMISSIONS, filter.permissionType)) return;
  throw new KafkaError('INVALID_REQUEST', 'Unknown entryFilter.');
}
