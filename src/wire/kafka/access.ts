import { type AclOperation, type AclResource, CLUSTER_RESOURCE, KafkaError } from '../../models/kafka/index.js';
import type { Call } from './call.js';
import type { RequestOf } from './handler.js';
import type { syncGroupApi } from './handlers/sync-group.js';

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

const WORDS = {
  TOPIC_AUTHORIZATION_FAILED: 'Topic authorization failed.',
  GROUP_AUTHORIZATION_FAILED: 'Group authorization failed.',
  CLUSTER_AUTHORIZATION_FAILED: 'Cluster authorization failed.',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'Transactional Id authorization failed.',
} as const;

/** Kafka does not say what it was that a client must not touch. */
export function accessDenied(resource: AclResource): KafkaError {
  const code = DENIED[resource];
  return new KafkaError(code, WORDS[code]);
}

type Need = readonly [operation: AclOperation, resource: AclResource, name: string];

/** What a whole request needs, by API; what it needs for a part of it is asked for by its handler. */
const NEEDS: Readonly<Record<string, (request: any, call: Call<any>) => ReadonlyArray<Need | false>>> = {
  JoinGroup: ({ groupId }) => [['read', 'group', groupId]],
  SyncGroup: (request, { version }) => [namesProtocol(request, version) && ['read', 'group', request.groupId]],
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
export function deniedRequest(api: string, request: unknown, call: Call<any>): KafkaError | undefined {
  for (const need of NEEDS[api]?.(request, call) ?? []) {
    if (!need) continue;
    const [operation, resource, name] = need;
    // Who may write to some topic may be an idempotent producer.
    if (operation === 'idempotentWrite' && mayWriteSomewhere(call)) continue;
    if (!call.authorize(operation, resource, name)) return accessDenied(resource);
  }
  return undefined;
}

function mayWriteSomewhere(call: Call<any>): boolean {
  return call.broker.acls.allowsSomewhere(call.principal, call.connection.remote.address, 'write', 'topic');
}

/** What is missing in a request is told before whether it may be made. */
function namesProtocol(request: RequestOf<typeof syncGroupApi>, version: number): boolean {
  return version < 5 || (request.protocolType !== null && request.protocolName !== null);
}
