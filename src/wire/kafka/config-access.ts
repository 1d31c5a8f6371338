import { type AclOperation, CLUSTER_RESOURCE } from '../../models/kafka/index.js';
import type { Call } from './call.js';

const TOPIC = 2;
const GROUP = 32;

/** Settings of a topic or a group belong to it, all others to the cluster. @throws KafkaError */
export function demandConfigAccess(call: Call<any>, operation: AclOperation, resourceType: number, name: string): void {
  if (resourceType === TOPIC) call.demand(operation, 'topic', name);
  else if (resourceType === GROUP) call.demand(operation, 'group', name);
  else call.demand(operation, 'cluster', CLUSTER_RESOURCE);
}

/** The same for the same resource. */
export function keyOfResource({ resourceType, resourceName }: { resourceType: number; resourceName: string }): string {
  return `${resourceType} ${resourceName}`;
}

export const TWICE = 'Each resource must appear at most once.';
