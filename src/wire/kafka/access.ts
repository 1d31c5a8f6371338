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
  OffsetFetch: ({ groupId, groups }, { version }) =>
    version >= 8
      ? groups.map((group: { groupId: string }) => ['describe', 'group', group.groupId])
      : [['describe', 'group', groupId]],
  DescribeGroups: ({ groups }) => groups.map((group: string) => ['describe', 'group', group]),
  ConsumerGroupDescribe: ({ groupIds }) => groupIds.map((group: string) => ['describe', 'group', group]),
  DeleteGroups: ({ groupsNames }) => groupsNames.map((group: string) => ['delete', 'group', group]),
  TxnOffsetCommit: ({ groupId, transactionalId }) => [
    ['write', 'transactionalId', transactionalId],
    ['read', 'group', groupId],
  ],
  AddOffsetsToTxn: ({ groupId, transactionalId }) => [
    ['write', 'transactionalId', transactionalId],
    ['read', 'group', groupId],
  ],
  AddPartitionsToTxn: ({ transactionalId, transactions }, { version }) =>
    version >= 4
      ? transactions.map((entry: { transactionalId: string }) => ['write', 'transactionalId', entry.transactionalId])
      : [['write', 'transactionalId', transactionalId]],
  EndTxn: ({ transactionalId }) => [['write', 'transactionalId', transactionalId]],
  InitProducerId: ({ transactionalId }) => [
    transactionalId === null
      ? ['idempotentWrite', 'cluster', CLUSTER_RESOURCE]
      : ['write', 'transactionalId', transactionalId],
  ],
  Produce: ({ transactionalId }) => [transactionalId !== null && ['write', 'transactionalId', transactionalId]],
  FindCoordinator: ({ key, keyType, coordinatorKeys }, { version }) =>
    (version >= 4 ? coordinatorKeys : [key]).map((name: string) => [
      'describe',
      keyType === 1 ? 'transactionalId' : 'group',
      name,
    ]),
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
  return [...call.broker.cluster.topics.keys()].some((topic) => call.authorize('write', 'topic', topic));
}
