/** Admin APIs, metadata and the log, as single requests on the wire. */
import { describe, expect, test } from 'vitest';
import { alterConfigsApi } from '../../../../src/wire/kafka/handlers/alter-configs.js';
import { alterPartitionReassignmentsApi } from '../../../../src/wire/kafka/handlers/alter-partition-reassignments.js';
import { alterUserScramCredentialsApi } from '../../../../src/wire/kafka/handlers/alter-user-scram-credentials.js';
import { createPartitionsApi } from '../../../../src/wire/kafka/handlers/create-partitions.js';
import { createTopicsApi } from '../../../../src/wire/kafka/handlers/create-topics.js';
import { deleteRecordsApi } from '../../../../src/wire/kafka/handlers/delete-records.js';
import { deleteTopicsApi } from '../../../../src/wire/kafka/handlers/delete-topics.js';
import { describeAclsApi } from '../../../../src/wire/kafka/handlers/describe-acls.js';
import { describeClusterApi } from '../../../../src/wire/kafka/handlers/describe-cluster.js';
import { describeConfigsApi } from '../../../../src/wire/kafka/handlers/describe-configs.js';
import { describeLogDirsApi } from '../../../../src/wire/kafka/handlers/describe-log-dirs.js';
import { describeProducersApi } from '../../../../src/wire/kafka/handlers/describe-producers.js';
import { describeTopicPartitionsApi } from '../../../../src/wire/kafka/handlers/describe-topic-partitions.js';
import { describeUserScramCredentialsApi } from '../../../../src/wire/kafka/handlers/describe-user-scram-credentials.js';
import { electLeadersApi } from '../../../../src/wire/kafka/handlers/elect-leaders.js';
import { fetchApi } from '../../../../src/wire/kafka/handlers/fetch.js';
import { incrementalAlterConfigsApi } from '../../../../src/wire/kafka/handlers/incremental-alter-configs.js';
import { listOffsetsApi } from '../../../../src/wire/kafka/handlers/list-offsets.js';
import { listPartitionReassignmentsApi } from '../../../../src/wire/kafka/handlers/list-partition-reassignments.js';
import { metadataApi } from '../../../../src/wire/kafka/handlers/metadata.js';
import { offsetForLeaderEpochApi } from '../../../../src/wire/kafka/handlers/offset-for-leader-epoch.js';
import { produceApi } from '../../../../src/wire/kafka/handlers/produce.js';
import { NO_UUID } from '../../../../src/wire/kafka/reader.js';
import { batchBytes } from '../../../helpers/kafka-model.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

const topicRequest = (name: string, changes: object = {}) => ({
  name,
  numPartitions: -1,
  replicationFactor: -1,
  assignments: [],
  configs: [],
  ...changes,
});

const produceRequest = (
  topic: string,
  acks = -1,
  records: Uint8Array | null = batchBytes([{ key: 'k', value: 'v' }]),
) => ({
  transactionalId: null,
  acks,
  timeoutMs: 1_000,
  topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
});

const fetchRequest = (topic: string, topicId = NO_UUID, offset = 0, maxWaitMs = 0) => ({
  maxWaitMs,
  minBytes: 1,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: -1,
  topics: [{ topic, topicId, partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1_000_000 }] }],
  forgottenTopicsData: [],
  rackId: '',
});

describe('CreateTopics', () => {
  test('answers each topic by itself, with what is in force', () => {
    const client = new KafkaWorld().connect();
    const topics = [
      topicRequest('a', { numPartitions: 2, configs: [{ name: 'retention.ms', value: '5' }] }),
      topicRequest('a b'),
      topicRequest('r', { replicationFactor: 9 }),
      topicRequest('c', { configs: [{ name: 'x', value: '1' }] }),
      topicRequest('n', { configs: [{ name: 'retention.ms', value: null }] }),
      topicRequest('m', { numPartitions: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] }),
      topicRequest('g', { assignments: [{ partitionIndex: 1, brokerIds: [1] }] }),
      topicRequest('twice'),
      topicRequest('twice'),
    ];
    const answer = client.ask(createTopicsApi, 7, { topics, validateOnly: false });
    expect(answer.topics.map(({ errorCode }) => errorCode)).toEqual([
      'NONE',
      'INVALID_TOPIC_EXCEPTION',
      'INVALID_REPLICATION_FACTOR',
      'INVALID_CONFIG',
      'INVALID_CONFIG',
      'INVALID_REQUEST',
      'INVALID_REPLICA_ASSIGNMENT',
      'INVALID_REQUEST',
      'INVALID_REQUEST',
    ]);
    expect(answer.topics[0]).toMatchObject({ numPartitions: 2, replicationFactor: 1 });
    expect(answer.topics[0]?.topicId).not.toBe(NO_UUID);
    expect(answer.topics[0]?.configs?.find(({ name }) => name === 'retention.ms')).toMatchObject({
      value: '5',
      configSource: 1,
    });
    expect(answer.topics[1]).toMatchObject({ numPartitions: -1, replicationFactor: -1 });
  });

  test('checks and makes nothing when it only validates', () => {
    const world = new KafkaWorld();
    const answer = world.connect().ask(createTopicsApi, 5, { topics: [topicRequest('a')], validateOnly: true });
    expect(answer.topics[0]).toMatchObject({ errorCode: 'NONE', numPartitions: 1 });
    expect(world.broker.topic('a').exists).toBe(false);
  });
});

test('DeleteTopics takes names and ids; an id that is gone is unknown', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.createTopic('a');
  world.broker.createTopic('b');
  const topicId = world.broker.cluster.topic('b')?.id ?? '';
  const ask = (topics: Array<{ name: string | null; topicId: string }>) =>
    client.ask(deleteTopicsApi, 6, { topics, topicNames: [], timeoutMs: 1 });
  expect(
    ask([
      { name: 'a', topicId: NO_UUID },
      { name: null, topicId },
    ]).responses.map(({ errorCode, name }) => [errorCode, name]),
  ).toEqual([
    ['NONE', 'a'],
    ['NONE', 'b'],
  ]);
  expect(
    ask([
      { name: null, topicId },
      { name: 'a', topicId: NO_UUID },
    ]).responses.map(({ errorCode }) => errorCode),
  ).toEqual(['UNKNOWN_TOPIC_ID', 'UNKNOWN_TOPIC_OR_PARTITION']);
});

describe('Metadata', () => {
  const names = (world: KafkaWorld, version: number, topics: string[] | null, allowAutoTopicCreation = true) => {
    const asked = topics?.map((name) => ({ name, topicId: NO_UUID })) ?? null;
    const answer = world.connect().ask(metadataApi, version, {
      topics: asked,
      allowAutoTopicCreation,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    return answer.topics.map(({ name, errorCode }) => `${name} ${errorCode}`);
  };

  test('null asks for all, nothing for none, except in version 0, where nothing asks for all', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    expect(names(world, 1, null)).toEqual(['t NONE']);
    expect(names(world, 1, [])).toEqual([]);
    expect(names(world, 0, [])).toEqual(['t NONE']);
  });

  test('a topic that is asked for is made, and found when it is asked for again', () => {
    const world = new KafkaWorld();
    expect(names(world, 4, ['t'], false)).toEqual(['t UNKNOWN_TOPIC_OR_PARTITION']);
    expect(names(world, 4, ['t'])).toEqual(['t UNKNOWN_TOPIC_OR_PARTITION']);
    expect(names(world, 4, ['t'])).toEqual(['t NONE']);
    expect(names(world, 4, ['a..b/c'])).toEqual(['a..b/c INVALID_TOPIC_EXCEPTION']);
    const immediate = new KafkaWorld({ autoCreate: 'immediate' });
    expect(names(immediate, 4, ['t'])).toEqual(['t NONE']);
  });

  test('a node that is down is not listed, its partitions say so', () => {
    const world = new KafkaWorld({ nodes: 2 });
    world.broker.createTopic('t', { assignments: [[2]] });
    world.broker.stopNode(2);
    const answer = world.connect().ask(metadataApi, 9, {
      topics: null,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    expect(answer.brokers.map(({ nodeId }) => nodeId)).toEqual([1]);
    expect(answer.topics[0]?.partitions[0]).toMatchObject({
      errorCode: 'LEADER_NOT_AVAILABLE',
      leaderId: -1,
      offlineReplicas: [2],
      isrNodes: [2],
    });
  });
});

describe('Produce and Fetch', () => {
  test('without acknowledgement there is no answer; an error closes the connection', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const client = world.connect();
    client.send(produceApi, 7, produceRequest('t', 0));
    expect([client.transport.written.length, client.transport.closed]).toEqual([0, false]);
    expect(world.broker.topic('t').records()).toHaveLength(1);
    client.send(produceApi, 7, produceRequest('unknown', 0));
    expect(client.transport.closed).toBe(true);
  });

  test('version 2 of Produce, offered for the sake of an old client, closes the connection', () => {
    const client = new KafkaWorld().connect();
    client.session.receive(Buffer.from('0000000e0000000200000001000474657374', 'hex'));
    expect(client.transport.closed).toBe(true);
  });

  test('a node that does not lead names the one that does', () => {
    const world = new KafkaWorld({ nodes: 2 });
    world.broker.createTopic('t', { assignments: [[2, 1]] });
    const client = world.connect(1);
    const produced = client.ask(produceApi, 10, produceRequest('t'));
    expect(produced.responses[0]?.partitionResponses[0]).toMatchObject({
      errorCode: 'NOT_LEADER_OR_FOLLOWER',
      currentLeader: { leaderId: 2, leaderEpoch: 0 },
    });
    expect(produced.nodeEndpoints).toEqual([{ nodeId: 2, host: '127.0.0.1', port: 9093, rack: null }]);
    const id = world.broker.cluster.topic('t')?.id;
    const fetched = client.ask(fetchApi, 16, fetchRequest('', id));
    expect(fetched.responses[0]?.partitions[0]).toMatchObject({
      errorCode: 'NOT_LEADER_OR_FOLLOWER',
      currentLeader: { leaderId: 2 },
    });
    expect(fetched.nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual([2]);
  });

  test('a topic is fetched by its id; that of a deleted one is unknown', () => {
    const world = new KafkaWorld();
    const client = world.connect();
    world.broker.produce('t', { value: 'a' });
    const id = world.broker.cluster.topic('t')?.id;
    const answer = client.ask(fetchApi, 13, fetchRequest('', id));
    expect(answer.responses[0]).toMatchObject({ topicId: id, partitions: [{ errorCode: 'NONE', highWatermark: 1 }] });
    expect(answer.responses[0]?.partitions[0]?.records?.length).toBeGreaterThan(61);
    world.broker.cluster.deleteTopic('t');
    world.broker.createTopic('t');
    expect(client.ask(fetchApi, 13, fetchRequest('', id)).responses[0]?.partitions[0]?.errorCode).toBe(
      'UNKNOWN_TOPIC_ID',
    );
  });

  test('what is asked behind a fetch that waits is answered behind it', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const client = world.connect();
    client.send(fetchApi, 11, fetchRequest('t', NO_UUID, 0, 500));
    client.send(describeClusterApi, 0, { includeClusterAuthorizedOperations: false, includeFencedBrokers: false });
    expect(client.transport.written).toEqual([]);
    world.clock.advanceTo(world.clock.now + 500);
    expect(client.answer(fetchApi, 11)?.responses[0]?.partitions[0]?.errorCode).toBe('NONE');
    expect(client.answer(describeClusterApi, 0)?.controllerId).toBe(1);
  });
});

test('ListOffsets: special instants by version, and a partition that is asked for twice', () => {
  const world = new KafkaWorld();
  world.broker.produce('t', { value: 'a' });
  const ask = (version: number, timestamps: number[]) =>
    world
      .connect()
      .ask(listOffsetsApi, version, {
        replicaId: -1,
        isolationLevel: 0,
        timeoutMs: 1,
        topics: [
          {
            name: 't',
            partitions: timestamps.map((timestamp, at) => ({
              partitionIndex: timestamps.length > 1 ? 0 : at,
              timestamp,
            })),
          },
        ],
      })
      .topics[0]?.partitions.map(({ errorCode, offset }) => [errorCode, offset]);
  expect(ask(7, [-3])).toEqual([['NONE', 0]]);
  expect(ask(6, [-3])).toEqual([['UNSUPPORTED_VERSION', -1]]);
  expect(ask(5, [-1, -2])).toEqual([
    ['INVALID_REQUEST', -1],
    ['INVALID_REQUEST', -1],
  ]);
});

describe('settings', () => {
  const resource = (name: string, resourceType = 2) => ({ resourceType, resourceName: name });
  const overrides = (world: KafkaWorld) => Object.fromEntries(world.broker.cluster.topic('t')?.config.overrides ?? []);

  test('AlterConfigs replaces what was set, IncrementalAlterConfigs edits it', () => {
    const world = new KafkaWorld();
    const client = world.connect();
    world.broker.createTopic('t', { config: { 'retention.ms': 5 } });
    const edit = (
      configs: Array<{ name: string; configOperation: number; value: string | null }>,
      validateOnly = false,
    ) =>
      client.ask(incrementalAlterConfigsApi, 1, { resources: [{ ...resource('t'), configs }], validateOnly })
        .responses[0]?.errorCode;
    expect(edit([{ name: 'max.message.bytes', configOperation: 0, value: '9' }])).toBe('NONE');
    expect(overrides(world)).toEqual({ 'retention.ms': '5', 'max.message.bytes': '9' });
    expect(edit([{ name: 'cleanup.policy', configOperation: 2, value: 'compact' }])).toBe('NONE');
    expect(overrides(world)['cleanup.policy']).toBe('delete,compact');
    expect(edit([{ name: 'cleanup.policy', configOperation: 3, value: 'delete' }])).toBe('NONE');
    expect(world.broker.cluster.topic('t')?.settings).toMatchObject({ compacted: true, deletes: false });
    expect(edit([{ name: 'retention.ms', configOperation: 2, value: '1' }])).toBe('INVALID_CONFIG');
    expect(edit([{ name: 'nonsense', configOperation: 0, value: '1' }])).toBe('INVALID_CONFIG');
    expect(edit([1, 2].map((n) => ({ name: 'retention.ms', configOperation: 0, value: `${n}` })))).toBe(
      'INVALID_REQUEST',
    );
    expect(edit([{ name: 'retention.ms', configOperation: 1, value: null }], true)).toBe('NONE');
    expect(overrides(world)['retention.ms']).toBe('5');
    client.ask(alterConfigsApi, 2, {
      resources: [{ ...resource('t'), configs: [{ name: 'segment.bytes', value: '100' }] }],
      validateOnly: false,
    });
    expect(overrides(world)).toEqual({ 'segment.bytes': '100' });
  });

  test('DescribeConfigs says where a value comes from; nodes have read-only ones', () => {
    const world = new KafkaWorld({ config: { 'log.retention.ms': 77 } });
    const client = world.connect();
    world.broker.createTopic('t');
    const ask = (asked: ReturnType<typeof resource>, configurationKeys: string[] | null) =>
      client.ask(describeConfigsApi, 4, {
        resources: [{ ...asked, configurationKeys }],
        includeSynonyms: true,
        includeDocumentation: false,
      }).results[0];
    expect(ask(resource('t'), ['retention.ms', 'unknown'])?.configs).toMatchObject([
      {
        name: 'retention.ms',
        value: '77',
        configSource: 4,
        synonyms: [
          { name: 'log.retention.ms', value: '77', source: 4 },
          { name: 'log.retention.hours', value: '168', source: 5 },
        ],
      },
    ]);
    expect(ask(resource('t'), ['segment.ms'])?.configs).toMatchObject([{ configSource: 5, synonyms: [] }]);
    expect(ask(resource('none'), null)?.errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(ask(resource('1', 4), ['num.partitions'])?.configs).toMatchObject([{ readOnly: true, configSource: 5 }]);
    expect(ask(resource('9', 4), null)?.errorCode).toBe('INVALID_REQUEST');
    const change = { ...resource('', 4), configs: [{ name: 'log.retention.ms', configOperation: 0, value: '88' }] };
    client.ask(incrementalAlterConfigsApi, 1, { resources: [change], validateOnly: false });
    expect(world.broker.cluster.topic('t')?.settings.retentionMs).toBe(88);
  });
});

test('CreatePartitions only ever adds', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 2 });
  const ask = (name: string, count: number, assignments: Array<{ brokerIds: number[] }> | null = null) =>
    world
      .connect()
      .ask(createPartitionsApi, 3, { topics: [{ name, count, assignments }], timeoutMs: 1, validateOnly: false })
      .results[0]?.errorCode;
  expect([ask('t', 2), ask('x', 2), ask('t', 4, [{ brokerIds: [1] }]), ask('t', 3)]).toEqual([
    'INVALID_PARTITIONS',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'INVALID_REPLICA_ASSIGNMENT',
    'NONE',
  ]);
  expect(world.broker.topic('t').partitions).toHaveLength(3);
});

test('DeleteRecords gives the low watermark', () => {
  const world = new KafkaWorld();
  world.broker.produce('t', [{ value: 'a' }, { value: 'b' }]);
  const ask = (offset: number) =>
    world
      .connect()
      .ask(deleteRecordsApi, 2, { topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset }] }], timeoutMs: 1 })
      .topics[0]?.partitions[0];
  expect(ask(1)).toMatchObject({ lowWatermark: 1, errorCode: 'NONE' });
  expect(ask(3)).toMatchObject({ lowWatermark: -1, errorCode: 'OFFSET_OUT_OF_RANGE' });
});

test('leaders, epochs and reassignments', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  world.broker.produce('t', { value: 'a' });
  const client = world.connect(2);
  const elect = (electionType: number) =>
    client.ask(electLeadersApi, 2, { electionType, topicPartitions: [{ topic: 't', partitions: [0] }] })
      .replicaElectionResults[0]?.partitionResult[0]?.errorCode;
  expect([elect(0), elect(1)]).toEqual(['ELECTION_NOT_NEEDED', 'ELECTION_NOT_NEEDED']);
  world.broker.stopNode(1);
  expect(elect(0)).toBe('PREFERRED_LEADER_NOT_AVAILABLE');
  world.broker.startNode(1);
  world.broker.produce('t', { value: 'b' });
  const asked = { topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0 }] }] };
  expect(client.ask(offsetForLeaderEpochApi, 4, asked).topics[0]?.partitions[0]).toMatchObject({
    errorCode: 'NONE',
    leaderEpoch: 0,
    endOffset: 1,
  });
  expect(elect(0)).toBe('NONE');
  const move = (replicas: number[] | null) =>
    client.ask(alterPartitionReassignmentsApi, 0, {
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas }] }],
    }).responses[0]?.partitions[0]?.errorCode;
  expect([move(null), move([7]), move([2])]).toEqual([
    'NO_REASSIGNMENT_IN_PROGRESS',
    'INVALID_REPLICA_ASSIGNMENT',
    'NONE',
  ]);
  expect(client.ask(listPartitionReassignmentsApi, 0, { topics: null }).topics).toEqual([]);
  expect(world.broker.topic('t').partitions[0]).toMatchObject({ leader: 2, replicas: [2] });
});

test('descriptions of the cluster, its directories, partitions and producers', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.createTopic('t', { partitions: 3 });
  const records = batchBytes([{ value: 'v' }], { id: 5, epoch: 1, baseSequence: 3 });
  client.ask(produceApi, 7, produceRequest('t', -1, records));
  expect(
    client.ask(describeClusterApi, 1, {
      includeClusterAuthorizedOperations: false,
      includeFencedBrokers: false,
      endpointType: 2,
    }).errorCode,
  ).toBe('UNSUPPORTED_ENDPOINT_TYPE');
  const dirs = client.ask(describeLogDirsApi, 4, { topics: null });
  expect(dirs.results[0]?.topics[0]?.partitions[0]).toMatchObject({ partitionSize: records.length, offsetLag: 0 });
  const page = client.ask(describeTopicPartitionsApi, 0, { topics: [], responsePartitionLimit: 2, cursor: null });
  expect(page.topics[0]?.partitions).toMatchObject([
    { eligibleLeaderReplicas: [], lastKnownElr: [] },
    { partitionIndex: 1 },
  ]);
  expect(page.nextCursor).toEqual({ topicName: 't', partitionIndex: 2 });
  const producers = client.ask(describeProducersApi, 0, { topics: [{ name: 't', partitionIndexes: [0] }] });
  expect(producers.topics[0]?.partitions[0]?.activeProducers).toMatchObject([
    { producerId: 5, producerEpoch: 1, lastSequence: 3 },
  ]);
});

test('without an authorizer rules of access are not kept; credentials are', () => {
  const client = new KafkaWorld().connect();
  const filter = {
    resourceTypeFilter: 1,
    resourceNameFilter: null,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  };
  expect(client.ask(describeAclsApi, 3, filter).errorCode).toBe('SECURITY_DISABLED');
  const credential = { mechanism: 1, iterations: 4096, salt: new Uint8Array(3), saltedPassword: new Uint8Array(32) };
  const altered = client.ask(alterUserScramCredentialsApi, 0, {
    deletions: [{ name: 'nobody', mechanism: 1 }],
    upsertions: [
      { name: 'bob', ...credential },
      { name: 'eve', ...credential, iterations: 1 },
    ],
  });
  expect(altered.results.map(({ user, errorCode }) => [user, errorCode])).toEqual([
    ['nobody', 'RESOURCE_NOT_FOUND'],
    ['bob', 'NONE'],
    ['eve', 'UNACCEPTABLE_CREDENTIAL'],
  ]);
  expect(client.ask(describeUserScramCredentialsApi, 0, { users: null }).results).toMatchObject([
    { user: 'bob', credentialInfos: [{ mechanism: 1, iterations: 4096 }] },
  ]);
});
