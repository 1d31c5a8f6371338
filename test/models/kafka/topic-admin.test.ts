import { describe, expect, test } from 'vitest';
import type { KafkaOptions } from '../../../src/models/kafka/index.js';
import type { TopicRequest } from '../../../src/models/kafka/topic-admin.js';
import { kafkaModel } from '../../helpers/kafka-model.js';

const DEFAULTS: TopicRequest = { partitions: -1, replicationFactor: -1, assignments: [], config: [] };
const NO_ID = '00000000-0000-0000-0000-000000000000';
const failure = (code: string) => expect.objectContaining({ code });

function start(options: KafkaOptions = {}) {
  const { broker } = kafkaModel({ nodes: 3, ...options });
  const create = (request: Partial<TopicRequest> = {}, validateOnly = false) =>
    broker.admin.createTopic('t', { ...DEFAULTS, ...request }, validateOnly);
  return { broker, admin: broker.admin, create };
}

describe('a topic', () => {
  test('has the cluster defaults where the request leaves them open', () => {
    const { broker, create } = start({ config: { 'num.partitions': 4, 'default.replication.factor': 2 } });
    const created = create();
    expect(created).toMatchObject({ partitionCount: 4, replicationFactor: 2 });
    expect(created.id).toBe(broker.cluster.topic('t')?.id);
  });

  test('says which settings are in force, and where they come from', () => {
    const { create } = start();
    const { configs } = create({ config: [{ name: 'retention.ms', value: '5' }] });
    const of = (name: string) => configs.find((setting) => setting.name === name);
    expect(of('retention.ms')).toEqual({ name: 'retention.ms', value: '5', source: 1 });
    expect(of('cleanup.policy')).toEqual({ name: 'cleanup.policy', value: 'delete', source: 5 });
  });

  test('that is only validated is described the same, and not made', () => {
    const { broker, create } = start();
    const request = { partitions: 2, replicationFactor: 3, config: [{ name: 'retention.ms', value: '5' }] };
    const planned = create(request, true);
    expect(broker.topic('t').exists).toBe(false);
    expect(planned.id).not.toBe(NO_ID);
    expect(create(request)).toEqual({ ...planned, id: broker.cluster.topic('t')?.id });
    expect(() => create({}, true)).toThrow(failure('TOPIC_ALREADY_EXISTS'));
  });

  test('is refused for the first assignment that cannot be', () => {
    const { create } = start();
    const twice = (...nodes: number[]) =>
      create({
        assignments: [
          { index: 0, nodes },
          { index: 0, nodes: [1, 1] },
        ],
      });
    expect(() => twice(1, 1)).toThrow('includes the broker 1 more than once');
    expect(() => twice(1, 2)).toThrow('Found multiple manual partition assignments for partition 0');
  });

  test('lies where the request puts it, in whatever order that is said', () => {
    const { broker, create } = start();
    create({
      assignments: [
        { index: 1, nodes: [3, 1] },
        { index: 0, nodes: [2, 3] },
      ],
    });
    expect(broker.topic('t').partitions.map(({ replicas }) => replicas)).toEqual([
      [2, 3],
      [3, 1],
    ]);
  });

  test.each([
    [{ partitions: 1, assignments: [{ index: 0, nodes: [1] }] }, 'INVALID_REQUEST'],
    [{ replicationFactor: 1, assignments: [{ index: 0, nodes: [1] }] }, 'INVALID_REQUEST'],
    [{ assignments: [{ index: 1, nodes: [1] }] }, 'INVALID_REPLICA_ASSIGNMENT'],
    [{ assignments: [{ index: 0, nodes: [9] }] }, 'INVALID_REPLICA_ASSIGNMENT'],
    [{ config: [{ name: 'retention.ms', value: null }] }, 'INVALID_CONFIG'],
    [{ config: [{ name: 'retention.ms', value: 'long' }] }, 'INVALID_CONFIG'],
    [{ config: [{ name: '__proto__', value: '1' }] }, 'INVALID_CONFIG'],
    [{ partitions: 0 }, 'INVALID_PARTITIONS'],
    [{ replicationFactor: 4 }, 'INVALID_REPLICATION_FACTOR'],
  ] as const)('is refused for %j: %s', (request, code) => {
    for (const validateOnly of [true, false]) {
      const { broker, create } = start();
      expect(() => create(request, validateOnly)).toThrow(failure(code));
      expect(broker.topic('t').exists).toBe(false);
    }
  });
});

test('what is wrong with manual assignments is said in the order of Kafka', () => {
  const { create } = start();
  const refusal = (...assignments: Array<[index: number, ...nodes: number[]]>) => {
    const request = { assignments: assignments.map(([index, ...nodes]) => ({ index, nodes })) };
    return () => create(request);
  };
  expect(refusal([0, 1], [0, 9])).toThrow('Found multiple manual partition assignments for partition 0');
  expect(refusal([0, 1], [2, 9])).toThrow('includes broker 9, but no such broker is registered');
  expect(refusal([0, 1], [2, 2])).toThrow('partitions should be a consecutive 0-based integer sequence');
});

describe('deleting', () => {
  test('finds a topic by name or by id', () => {
    const { admin, create } = start();
    for (const byId of [false, true]) {
      const { id } = create();
      expect(admin.deleteTopic({ name: byId ? null : 't', topicId: byId ? id : NO_ID }).name).toBe('t');
    }
    expect(() => admin.deleteTopic({ name: 't', topicId: NO_ID })).toThrow(failure('UNKNOWN_TOPIC_OR_PARTITION'));
    expect(() => admin.deleteTopic({ name: null, topicId: NO_ID })).toThrow(failure('UNKNOWN_TOPIC_ID'));
  });

  test('may be switched off', () => {
    const { admin, create, broker } = start({ config: { 'delete.topic.enable': false } });
    create();
    expect(() => admin.deleteTopic({ name: 't', topicId: NO_ID })).toThrow(failure('TOPIC_DELETION_DISABLED'));
    expect(broker.topic('t').exists).toBe(true);
  });
});

describe('partitions', () => {
  test('are added up to a count, on nodes that may be named', () => {
    const { admin, create, broker } = start();
    create({ partitions: 1, replicationFactor: 1 });
    admin.createPartitions('t', 2, [[3]], true);
    expect(broker.topic('t').partitions).toHaveLength(1);
    admin.createPartitions('t', 2, [[3]], false);
    admin.createPartitions('t', 3, null, false);
    expect(broker.topic('t').partitions[1]?.replicas).toEqual([3]);
    expect(broker.topic('t').partitions).toHaveLength(3);
  });

  test.each([
    ['t', 1, null, 'INVALID_PARTITIONS'],
    ['t', 2, null, 'INVALID_PARTITIONS'],
    ['t', 3, [[1], [2]], 'INVALID_REPLICA_ASSIGNMENT'],
    ['x', 3, null, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ] as const)('of %s up to %d on %j are refused: %s', (name, count, assignments, code) => {
    const { admin, create, broker } = start();
    create({ partitions: 2 });
    expect(() => admin.createPartitions(name, count, assignments, false)).toThrow(failure(code));
    expect(broker.topic('t').partitions).toHaveLength(2);
  });
});
