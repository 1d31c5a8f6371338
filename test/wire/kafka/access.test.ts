import { describe, expect, it } from 'vitest';
import type { AclBinding } from '../../../src/models/kafka/index.js';
import { accessDenied, deniedRequest } from '../../../src/wire/kafka/access.js';
import type { Call } from '../../../src/wire/kafka/call.js';
import { addPartitionsToTxnApi } from '../../../src/wire/kafka/handlers/add-partitions-to-txn.js';
import { alterConfigsApi } from '../../../src/wire/kafka/handlers/alter-configs.js';
import { alterPartitionReassignmentsApi } from '../../../src/wire/kafka/handlers/alter-partition-reassignments.js';
import { createPartitionsApi } from '../../../src/wire/kafka/handlers/create-partitions.js';
import { createTopicsApi } from '../../../src/wire/kafka/handlers/create-topics.js';
import { deleteGroupsApi } from '../../../src/wire/kafka/handlers/delete-groups.js';
import { deleteTopicsApi } from '../../../src/wire/kafka/handlers/delete-topics.js';
import { describeGroupsApi } from '../../../src/wire/kafka/handlers/describe-groups.js';
import { describeTopicPartitionsApi } from '../../../src/wire/kafka/handlers/describe-topic-partitions.js';
import { findCoordinatorApi } from '../../../src/wire/kafka/handlers/find-coordinator.js';
import { listGroupsApi } from '../../../src/wire/kafka/handlers/list-groups.js';
import { listOffsetsApi } from '../../../src/wire/kafka/handlers/list-offsets.js';
import { listPartitionReassignmentsApi } from '../../../src/wire/kafka/handlers/list-partition-reassignments.js';
import { metadataApi } from '../../../src/wire/kafka/handlers/metadata.js';
import { offsetFetchApi } from '../../../src/wire/kafka/handlers/offset-fetch.js';
import { offsetForLeaderEpochApi } from '../../../src/wire/kafka/handlers/offset-for-leader-epoch.js';
import { produceApi } from '../../../src/wire/kafka/handlers/produce.js';
import { NO_UUID } from '../../../src/wire/kafka/reader.js';
import { TestMember } from '../../helpers/kafka-group.js';
import { batchBytes } from '../../helpers/kafka-model.js';
import { aclRequest, produceRequest } from '../../helpers/kafka-request.js';
import { KafkaWorld, type WireClient } from '../../helpers/kafka-wire.js';

/** A call of a client that may do what is listed. */
function calling(version: number, ...allowed: string[]): Call<any> {
  const { broker } = new KafkaWorld();
  broker.createTopic('t');
  const authorize = (operation: string, resource: string, name: string) =>
    allowed.includes(`${operation} ${resource} ${name}`);
  return { broker, version, authorize } as unknown as Call<any>;
}

describe('a request as a whole', () => {
  it.each([
    ['JoinGroup', 5, { groupId: 'g' }, 'read group g', 'GROUP_AUTHORIZATION_FAILED'],
    ['OffsetFetch', 7, { groupId: 'g' }, 'describe group g', 'GROUP_AUTHORIZATION_FAILED'],
    ['EndTxn', 3, { transactionalId: 'x' }, 'write transactionalId x', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
    [
      'AddPartitionsToTxn',
      3,
      { transactionalId: 'x' },
      'write transactionalId x',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    ],
    ['AddPartitionsToTxn', 4, {}, 'clusterAction cluster kafka-cluster', 'CLUSTER_AUTHORIZATION_FAILED'],
  ])('%s %d needs what it is about', (api, version, request, need, denied) => {
    expect(deniedRequest(api, request, calling(version))?.code).toBe(denied);
    expect(deniedRequest(api, request, calling(version, need))).toBeUndefined();
  });

  it('who may write to some topic may be an idempotent producer', () => {
    const request = { transactionalId: null };
    const { broker } = new KafkaWorld({ authorizer: {} });
    const call = {
      ...calling(4),
      broker,
      principal: 'User:a',
      connection: { remote: { address: '127.0.0.1' } },
    } as Call<any>;
    expect(deniedRequest('InitProducerId', request, call)?.code).toBe('CLUSTER_AUTHORIZATION_FAILED');
    broker.acls.add({ ...aclRequest('User:a', 'later'), patternType: 3, operation: 4 } as AclBinding);
    expect(deniedRequest('InitProducerId', request, call)).toBeUndefined();
  });

  it('a member that does not name the protocol is told so before it is refused', () => {
    const ask = (version: number, protocolName: string | null) =>
      deniedRequest('SyncGroup', { groupId: 'g', protocolType: 'consumer', protocolName }, calling(version))?.code;
    expect([ask(4, null), ask(5, 'range'), ask(5, null)]).toEqual([
      'GROUP_AUTHORIZATION_FAILED',
      'GROUP_AUTHORIZATION_FAILED',
      undefined,
    ]);
  });

  it('an API that is not listed asks for nothing', () => {
    expect(deniedRequest('Metadata', {}, calling(9))).toBeUndefined();
  });
});

it('a refusal says in the words of Kafka what is refused', () => {
  expect(accessDenied('topic')).toMatchObject({
    code: 'TOPIC_AUTHORIZATION_FAILED',
    message: 'Topic authorization failed.',
  });
  expect(accessDenied('user')).toMatchObject({
    code: 'CLUSTER_AUTHORIZATION_FAILED',
    message: 'Cluster authorization failed.',
  });
});

describe('what is asked for several things', () => {
  /** A client that may do one thing. */
  function allowed(changes: object) {
    const world = new KafkaWorld({ authorizer: {} });
    for (const topic of ['t', 'u']) world.broker.createTopic(topic, { partitions: 2 });
    world.broker.acls.add({ ...aclRequest('User:ANONYMOUS', 't'), patternType: 3, ...changes } as AclBinding);
    return { world, client: world.connect() };
  }
  const group = { resourceType: 3, resourceName: 'g', operation: 8 };

  it('is refused for each of them', () => {
    const { client } = allowed(group);
    const groups = ['g', 'h'];
    const described = client.ask(describeGroupsApi, 5, { groups, includeAuthorizedOperations: false }).groups;
    expect(described.map(({ errorCode }) => errorCode)).toEqual(['NONE', 'GROUP_AUTHORIZATION_FAILED']);
    const { coordinators } = client.ask(findCoordinatorApi, 4, { key: '', keyType: 0, coordinatorKeys: groups });
    expect(coordinators.map(({ errorCode }) => errorCode)).toEqual(['NONE', 'GROUP_AUTHORIZATION_FAILED']);
    const { results } = client.ask(deleteGroupsApi, 2, { groupsNames: groups });
    expect(results.map(({ errorCode }) => errorCode)).toEqual(Array(2).fill('GROUP_AUTHORIZATION_FAILED'));
  });

  it('leaves out of lists what may not be seen', () => {
    const { world, client } = allowed(group);
    for (const id of ['g', 'h']) new TestMember(world.broker.groups, id).join();
    const { groups } = client.ask(listGroupsApi, 4, { statesFilter: [], typesFilter: [] });
    expect(groups.map(({ groupId }) => groupId)).toEqual(['g']);
  });

  it('has topics in it that may not be seen, whether they are there or not', () => {
    const { client } = allowed({ operation: 8 });
    const { topics } = client.ask(describeTopicPartitionsApi, 0, {
      topics: ['none', 't', 'u'].map((name) => ({ name })),
      responsePartitionLimit: 1,
      cursor: null,
    });
    expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['t', 'NONE'],
      ['none', 'TOPIC_AUTHORIZATION_FAILED'],
      ['u', 'TOPIC_AUTHORIZATION_FAILED'],
    ]);
  });

  it('gets no offsets of such a group in an old version, and of such topics an error', () => {
    const asked = {
      groupId: 'g',
      topics: [{ name: 'u', partitionIndexes: [0] }],
      groups: [],
      requireStable: false,
    };
    const denied = allowed({ ...group, resourceName: 'h' }).client.ask(offsetFetchApi, 7, asked);
    expect(denied).toMatchObject({ errorCode: 'GROUP_AUTHORIZATION_FAILED', topics: [] });
    const { topics } = allowed(group).client.ask(offsetFetchApi, 7, asked);
    expect(topics[0]?.partitions[0]?.errorCode).toBe('TOPIC_AUTHORIZATION_FAILED');
  });

  it('of transactions is the write to a topic, and the use of an id by transactional batches', () => {
    const { client } = allowed({ resourceType: 5, resourceName: 'x', operation: 4 });
    const who = { producerId: 1, producerEpoch: 0, transactionalId: 'x' };
    const topics = ['t', 'none'].map((name) => ({ name, partitions: [0] }));
    const added = client.ask(addPartitionsToTxnApi, 3, { ...who, topics, transactions: [] });
    expect(added.resultsByTopic.map(({ resultsByPartition: [result] }) => result?.partitionErrorCode)).toEqual([
      'TOPIC_AUTHORIZATION_FAILED',
      'TOPIC_AUTHORIZATION_FAILED',
    ]);
    const produced = (transactionalId: string, transactional: boolean) => {
      const batch = batchBytes([{ value: 'v' }], { id: 1, epoch: 0, baseSequence: 0, transactional });
      const request = { ...produceRequest('t', -1, batch), transactionalId };
      return client.ask(produceApi, 7, request).responses[0]?.partitionResponses[0]?.errorCode;
    };
    expect([produced('x', true), produced('y', true), produced('y', false)]).toEqual([
      'TOPIC_AUTHORIZATION_FAILED',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'TOPIC_AUTHORIZATION_FAILED',
    ]);
  });

  it('names everything when it is refused as a whole', () => {
    const { client } = allowed(group);
    const moved = client.ask(alterPartitionReassignmentsApi, 0, {
      timeoutMs: 1,
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas: [1] }] }],
    });
    expect(moved.responses[0]?.partitions[0]).toMatchObject({ errorCode: 'CLUSTER_AUTHORIZATION_FAILED' });
    const listed = client.ask(listPartitionReassignmentsApi, 0, {
      timeoutMs: 1,
      topics: [{ name: 't', partitionIndexes: [0] }],
    });
    expect(listed.topics[0]?.partitions[0]).toMatchObject({ partitionIndex: 0, replicas: [] });
  });

  it('has a place in metadata and offsets', () => {
    const { world, client } = allowed(group);
    const topicId = world.broker.cluster.topic('t')?.id as string;
    const ask = (version: number, topics: { topicId: string; name: string | null }[]) =>
      client.ask(metadataApi, version, {
        topics,
        allowAutoTopicCreation: false,
        includeClusterAuthorizedOperations: true,
        includeTopicAuthorizedOperations: false,
      });
    expect(ask(10, []).clusterAuthorizedOperations).toBe(0);
    const denied = { errorCode: 'TOPIC_AUTHORIZATION_FAILED', topicId, name: null };
    expect(ask(12, [{ topicId, name: null }]).topics[0]).toMatchObject(denied);
    const partition = { partitionIndex: 0, timestamp: -1 };
    const { topics } = client.ask(listOffsetsApi, 6, {
      replicaId: -1,
      timeoutMs: 1,
      isolationLevel: 0,
      topics: [{ name: 't', partitions: [partition, partition] }],
    });
    expect(topics[0]?.partitions[0]?.errorCode).toBe('TOPIC_AUTHORIZATION_FAILED');
  });

  it('is not made for who may not create it, and deleted by who may delete everything', () => {
    const seen = { includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false };
    const asked = { topics: [{ name: 'new', topicId: NO_UUID }], allowAutoTopicCreation: true, ...seen };
    const reader = allowed({ resourceName: 'n', patternType: 4, operation: 8 }).client;
    expect(reader.ask(metadataApi, 9, asked).topics[0]?.errorCode).toBe('TOPIC_AUTHORIZATION_FAILED');
    const mayDescribe = reader.ask(deleteTopicsApi, 5, { topicNames: ['none', 't'], topics: [], timeoutMs: 1 });
    expect(mayDescribe.responses.map(({ errorCode }) => errorCode)).toEqual([
      'UNKNOWN_TOPIC_OR_PARTITION',
      'TOPIC_AUTHORIZATION_FAILED',
    ]);
    const { client } = allowed({ resourceType: 4, resourceName: 'kafka-cluster', operation: 6 });
    const deleted = client.ask(deleteTopicsApi, 5, { topicNames: ['t', 'none'], topics: [], timeoutMs: 1 });
    expect(deleted.responses.map(({ errorCode }) => errorCode)).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION']);
  });

  it('of a topic by its id and its name is refused twice, and without the name where that may not be seen', () => {
    const { world, client } = allowed(group);
    const topicId = world.broker.cluster.topic('t')?.id as string;
    const topics = [
      { name: null, topicId },
      { name: 't', topicId: NO_UUID },
    ];
    const { responses } = client.ask(deleteTopicsApi, 6, { topics, topicNames: [], timeoutMs: 1 });
    expect(responses).toMatchObject(topics.map((topic) => ({ ...topic, errorCode: 'TOPIC_AUTHORIZATION_FAILED' })));
  });

  it('is the end of an epoch also for who acts for the cluster', () => {
    const asked = { topics: [{ topic: 'u', partitions: [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: 0 }] }] };
    const errorOf = (client: WireClient) =>
      client.ask(offsetForLeaderEpochApi, 3, { replicaId: -1, ...asked }).topics[0]?.partitions[0]?.errorCode;
    const broker = { resourceType: 4, resourceName: 'kafka-cluster', operation: 9 };
    expect([errorOf(allowed(group).client), errorOf(allowed(broker).client)]).toEqual([
      'TOPIC_AUTHORIZATION_FAILED',
      'NONE',
    ]);
  });

  it('is looked at as settings before access is', () => {
    const { client } = allowed(group);
    const config = { name: 'retention.ms', value: null };
    const alter = (resourceType: number, configs: object[]) =>
      client.ask(alterConfigsApi, 1, {
        resources: [{ resourceType, resourceName: 't', configs: configs as never }],
        validateOnly: false,
      }).responses[0]?.errorMessage;
    expect(alter(2, [config])).toBe('Null value not supported for : retention.ms');
    expect(alter(3, [])).toBe('Unknown resource type 3');
    expect(alter(2, [])).toBe('Topic authorization failed.');
  });

  // As Kafka 3.9.1 answered.
  it('is refused in as many words as Kafka has for it', () => {
    const client = new KafkaWorld({ authorizer: {} }).connect();
    const topics = [{ name: 't', count: 2, assignments: null }];
    const asked = { topics, timeoutMs: 1, validateOnly: false };
    expect(client.ask(createPartitionsApi, 3, asked).results[0]).toMatchObject({
      errorCode: 'TOPIC_AUTHORIZATION_FAILED',
      errorMessage: null,
    });
    const created = [{ name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }];
    expect(client.ask(createTopicsApi, 7, { topics: created, validateOnly: false }).topics[0]).toMatchObject({
      errorCode: 'TOPIC_AUTHORIZATION_FAILED',
      errorMessage: 'Authorization failed.',
    });
    const key = { key: 'g', keyType: 0, coordinatorKeys: ['g'] };
    expect(client.ask(findCoordinatorApi, 3, key).errorMessage).toBe('Group authorization failed.');
    expect(client.ask(findCoordinatorApi, 4, key).coordinators[0]?.errorMessage).toBe('');
  });
});
