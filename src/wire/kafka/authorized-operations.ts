import { ACL_OPERATIONS, type AclOperation, type AclResource, CLUSTER_RESOURCE } from '../../models/kafka/index.js';
import type { Call } from './call.js';

/** What can be done with each kind of thing. */
const OPERATIONS = {
  topic: ['read', 'write', 'create', 'delete', 'alter', 'describe', 'describeConfigs', 'alterConfigs'],
  group: ['read', 'delete', 'describe'],
  cluster: ['create', 'alter', 'describe', 'clusterAction', 'describeConfigs', 'alterConfigs', 'idempotentWrite'],
} as const satisfies Partial<Record<AclResource, readonly AclOperation[]>>;

/** Stands for operations that were not asked for. */
export const NOT_ASKED_FOR = -2147483648;

/** The same with the cluster; nothing for who may not see it. */
export function clusterOperations(call: Call<any>): number {
  const isVisible = call.authorize('describe', 'cluster', CLUSTER_RESOURCE);
  return isVisible ? authorizedOperations(call, 'cluster', CLUSTER_RESOURCE) : 0;
}

/** What a client may do with something, one bit for each operation. */
export function authorizedOperations(call: Call<any>, resource: keyof typeof OPERATIONS, name: string): number {
  let bits = 0;
  for (const operation of OPERATIONS[resource]) {
    if (call.authorize(operation, resource, name)) bits |= 1 << ACL_OPERATIONS[operation];
  }
  return bits;
}
