import { expect, it } from 'vitest';
import { checkHeartbeat } from '../../../src/models/kafka/heartbeat-check.js';
import type { ConsumerHeartbeat } from '../../../src/models/kafka/modern-member.js';
import { codeOf } from '../../helpers/kafka-group.js';

const joining: ConsumerHeartbeat = {
  memberId: 'm',
  memberEpoch: 0,
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: 1_000,
  topics: ['t'],
  topicPattern: null,
  assignor: null,
  owned: [],
  clientId: 'c',
  clientHost: '/127.0.0.1',
};
const check = (changes: Partial<ConsumerHeartbeat>) =>
  codeOf(() => checkHeartbeat({ ...joining, ...changes }, ['uniform', 'range']));

it('lets through who joins, stays and leaves', () => {
  checkHeartbeat(joining, []);
  checkHeartbeat({ ...joining, assignor: 'range', topics: null, topicPattern: 'a.*' }, ['range']);
  checkHeartbeat({ ...joining, memberEpoch: 5, rebalanceTimeoutMs: -1, topics: null, owned: null }, []);
  checkHeartbeat({ ...joining, memberEpoch: -2, instanceId: 'i' }, []);
});

it.each<[string, Partial<ConsumerHeartbeat>]>([
  ['an empty instance id', { instanceId: '' }],
  ['an empty rack id', { rackId: '' }],
  ['an epoch below -2', { memberEpoch: -3 }],
  ['an empty member id once it has joined', { memberEpoch: 1, memberId: '' }],
  ['a dynamic member that leaves for a while', { memberEpoch: -2 }],
  ['a join without rebalance timeout', { rebalanceTimeoutMs: -1 }],
  ['a join that reads nothing', { topics: null }],
  ['a join that holds partitions', { owned: [{ topicId: 't', partitions: [0] }] }],
])('refuses %s', (_, changes) => expect(check(changes)).toBe('INVALID_REQUEST'));

it('tells of what is wrong in the order of Kafka', () => {
  const refusal = (changes: Partial<ConsumerHeartbeat>) => expect(() => checkHeartbeat({ ...joining, ...changes }, []));
  refusal({ topics: null, owned: null }).toThrow('TopicPartitions must be empty when (re-)joining.');
  refusal({ memberEpoch: -2, memberId: '' }).toThrow("MemberId can't be empty.");
  refusal({ memberEpoch: -2 }).toThrow("InstanceId can't be null.");
});

it('refuses an assignor that the group does not have', () => {
  expect(check({ assignor: 'nobody' })).toBe('UNSUPPORTED_ASSIGNOR');
});
