import { type AclOperation, type AclResource, CLUSTER_RESOURCE, KafkaError } from '../../models/kafka/index.js';
import type { Call } from './call.js';

/** What a client is told that may not do something. */
const DENIED = {
  any: 'CLUSTER_AUTHORIZATION_FAILED',
  topic: 'TOPIC_AUTHORIZATION_FAILED',
  group: 'GROUP_AUTHORIZATION_FAILED',
  cluster: 'CLUSTER_AUTHORIZATION_FAILED',
  transactionalId: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  delegationToken: 'CLUSTER_AUTHORIZATION_FAILED',
  user: 'CLUSTER_AUTHORIZATION_FAILED',
} as const satisfies Record<AclResource, string>;

export function accessDenied(resource: AclResource, name: string): KafkaError {
  return new KafkaError(DENIED[resource], `access to ${resource} '${name}' is denied`);
}

type Need = readonly [operation: AclOperation, resource: AclResource, name: string];

/** What a whole request needs, by API; what it needs for a part of it is asked for by its handler. */
const NEEDS: Readonly<Record<string, (request: any, call: Call<any>) => ReadonlyArray<Need | false>>> = {
  JoinGroup: ({ groupId }) => [['read', 'group', groupId]],
  SyncGroup: ({ groupId }) => [['read', 'group', groupId]],
  Heartbeat: ({ groupId }) => [['read', 'group', groupId]],
  LeaveGroup: ({ groupId }) => [['read', 'group', groupId]],
  OffsetCommit: ({ groupId }) => [['read', 'group', groupId]],
  OffsetDelete: ({ groupId }) => [['delete', 'group', groupId]],
  ConsumerGroupHeartbeat: ({ groupId }) => [['read', 'group', groupId]],
  OffsetFetch: ({ groupId }, { version }) => [version < 8 && ['describe', 'group', groupId]],
  TxnOffsetCommit: ({ groupId, transactionalId }) => [
    ['write', 'transactionalId', transactionalId],
    ['read', 'group', groupId],
  ],
  AddOffsetsToTxn: ({ groupId, transactionalId }) => [
    ['write', 'transactionalId', transactionalId],
    ['read', 'group', groupId],
  ],
  // Later versions are for brokers.
  AddPartitionsToTxn: ({ transactionalId }, { version }) => [
    version < 4 ? ['write', 'transactionalId', transactionalId] : ['clusterAction', 'cluster', CLUSTER_RESOURCE],
  ],
  EndTxn: ({ transactionalId }) => [['write', 'transactionalId', transactionalId]],
  InitProducerId: ({ transactionalId }) => [
    transactionalId === null
      ? ['idempotentWrite', 'cluster', CLUSTER_RESOURCE]
      : ['write', 'transactionalId', transactionalId],
  ],
};

/** The error of a request that this client may not make, undefined when it may. */
export function deniedRequest(api: string, request: unknown, call: Call<any>) {
  for (const need of NEEDS[api]?.(request, call) ?? []) {
    if (!need) continue;
    const [operation, resource, name] = need;
    // Who may write to some topic may be an idempotent producer.
    if (operation === 'idempotentWrite' && mayWriteSomewhere(call)) continue;
    if (!call.authorize(operation, resource, name)) return DENIED[resource];
  }
  return undefined;
}

function mayWriteSomewhere(call: Call<any>): boolean {
  return call.broker.acls.allowsSomewhere(call.principal, call.connection.remote.address, 'write', 'topic');
}
