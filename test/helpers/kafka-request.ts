/** Requests with what most tests do not care about filled in. */
import { NO_UUID } from '../../src/wire/kafka/reader.js';
import { batchBytes } from './kafka-model.js';

export const topicRequest = (name: string, changes: object = {}) => ({
  name,
  numPartitions: -1,
  replicationFactor: -1,
  assignments: [],
  configs: [],
  ...changes,
});

export const produceRequest = (
  topic: string,
  acks = -1,
  records: Uint8Array | null = batchBytes([{ key: 'k', value: 'v' }]),
) => ({
  transactionalId: null,
  acks,
  timeoutMs: 1_000,
  topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
});

export const fetchRequest = (topic: string, topicId = NO_UUID, offset = 0, maxWaitMs = 0) => ({
  maxWaitMs,
  minBytes: 1,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: -1,
  topics: [{ topic, topicId, partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1_000_000 }] }],
  forgottenTopicsData: [],
  rackId: '',
});

/** A rule that lets one user read one topic. */
export const aclRequest = (principal: string, resourceName: string, changes: object = {}) => ({
  resourceType: 2,
  resourceName,
  resourcePatternType: 3,
  principal,
  host: '*',
  operation: 3,
  permissionType: 3,
  ...changes,
});

/** A filter that everything passes. */
export const anyAcl = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
} as const;

/** A new member of a group that the broker assigns. */
export const joinModern = (changes = {}) => ({
  groupId: 'g',
  memberId: 'm',
  memberEpoch: 0,
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: 1_000,
  subscribedTopicNames: ['t'],
  subscribedTopicRegex: null,
  serverAssignor: null,
  topicPartitions: [],
  ...changes,
});
