import {
  type AclOperation,
  CLUSTER_RESOURCE,
  type ConfigChange,
  type ConfigResource,
  checkChanges,
  KafkaError,
} from '../../models/kafka/index.js';
import { attempt } from './attempt.js';
import type { Call } from './call.js';
import { repeated } from './repeated.js';

const TOPIC = 2;
const GROUP = 32;

const BROKER = 4;
const BROKER_LOGGER = 8;
const CLIENT_METRICS = 16;
const TYPES: ReadonlySet<number> = new Set([TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP]);

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** One of a type that Kafka does not know spoils a request. @throws KafkaError INVALID_REQUEST */
export function checkResourceTypes(resources: readonly Resource[]): void {
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
export function keyOfResource({ resourceType, resourceName }: Resource): string {
  return `${resourceType} ${resourceName}`;
}

/** Changes the settings of each resource for itself; what is named twice is changed by none. */
export function alterEach<R extends Resource>(
  resources: readonly R[],
  call: Call<any>,
  changesOf: (resource: R) => readonly ConfigChange[],
  alter: (asked: ConfigResource, changes: readonly ConfigChange[]) => void,
) {
  const twice = repeated(resources.map(keyOfResource));
  return resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    return attempt(
      () => {
        if (twice.has(keyOfResource(resource))) {
          throw new KafkaError('INVALID_REQUEST', 'Each resource must appear at most once.');
        }
        const changes = changesOf(resource);
        checkChanges(changes);
        if (!TYPES.has(resourceType)) throw new KafkaError('INVALID_REQUEST', `Unknown resource type ${resourceType}`);
        demandConfigAccess(call, 'alterConfigs', resourceType, resourceName);
        alter({ type: resourceType, name: resourceName }, changes);
        return { resourceType, resourceName, errorCode: 'NONE' as const };
      },
      (errorCode, errorMessage) => ({ resourceType, resourceName, errorCode, errorMessage }),
    );
  });
}
