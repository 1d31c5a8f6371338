import { type AclOperation, CLUSTER_RESOURCE, KafkaError } from '../../models/kafka/index.js';
import type { Call } from './call.js';

const TOPIC = 2;
const GROUP = 32;

const BROKER = 4;
const BROKER_LOGGER = 8;
const CLIENT_METRICS = 16;
const TYPES: ReadonlySet<number> = new Set([TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP]);

/** One of a type that Kafka does not know spoils a request. @throws KafkaError INVALID_REQUEST */
export function checkResourceTypes(resources: ReadonlyArray<{ resourceType: number; resourceName: string }>): void {
  const strange = resources.find(({ resourceType }) => !TYPES.has(resourceType));
  if (!strange) return;
  const { resourceType, resourceName } = strange;
  throw new KafkaError('INVALID_REQUEST', `Unexpected resource type ${resourceType} for resource ${resourceName}`);
}

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
