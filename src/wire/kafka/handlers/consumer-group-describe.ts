import { KafkaError, type TopicPartitions } from '../../../models/kafka/index.js';
import { authorizedOperations } from '../authorized-operations.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, boolean, error, int8, int32, string, struct, throttle, uuid } from '../field.js';
import { defineApi } from '../handler.js';
import { NO_UUID } from '../reader.js';

/** @see https://kafka.apache.org/protocol#The_Messages_ConsumerGroupDescribe */
export const consumerGroupDescribeApi = defineApi({
  name: 'ConsumerGroupDescribe',
  key: 69,
  versions: [0, 1],
  flexibleSince: 0,
  offered: { standard: [0, 1] },
  request: {
    groupIds: array(string),
    includeAuthorizedOperations: boolean,
  },
  response: {
    throttleTimeMs: throttle,
    groups: array({
      errorCode: error,
      errorMessage: string.nullable().default(null),
      groupId: string,
      groupState: string,
      groupEpoch: int32,
      assignmentEpoch: int32,
      assignorName: string,
      members: array({
        memberId: string,
        instanceId: string.nullable(),
        rackId: string.nullable(),
        memberEpoch: int32,
        clientId: string,
        clientHost: string,
        subscribedTopicNames: array(string),
        subscribedTopicRegex: string.nullable(),
        assignment: struct({
          topicPartitions: array({
            topicId: uuid,
            topicName: string,
            partitions: array(int32),
          }),
        }),
        targetAssignment: struct({
          topicPartitions: array({
            topicId: uuid,
            topicName: string,
            partitions: array(int32),
          }),
        }),
        memberType: int8.since(1).default(-1),
      }),
      authorizedOperations: int32.default(-2147483648),
    }),
  },
});

/** The member speaks the protocol with epochs. */
const CONSUMER_MEMBER = 1;

export const consumerGroupDescribe = consumerGroupDescribeApi.handler({
  handle({ groupIds, includeAuthorizedOperations }, call) {
    return {
      groups: groupIds.map((groupId) => {
        const group = describe(groupId, call);
        if (!includeAuthorizedOperations || group.errorCode !== 'NONE') return group;
        return { ...group, authorizedOperations: authorizedOperations(call, 'group', groupId) };
      }),
    };
  },
  fail: ({ groupIds }, errorCode, message) => ({ groups: groupIds.map((id) => noGroup(id, errorCode, message)) }),
});

function describe(groupId: string, call: Call<never>) {
  try {
    call.demand('describe', 'group', groupId);
    const group = call.broker.groups.describeModern(groupId, call.nodeId);
    return {
      errorCode: 'NONE' as const,
      groupId,
      groupState: group.state,
      groupEpoch: group.groupEpoch,
      assignmentEpoch: group.assignmentEpoch,
      assignorName: group.assignorName,
      members: [...group.members.values()].map((member) => {
        const { current, target } = group.assignments(member.memberId);
        return {
          memberId: member.memberId,
          instanceId: member.instanceId,
          rackId: member.rackId,
          memberEpoch: member.epoch,
          clientId: member.clientId,
          clientHost: member.clientHost,
          subscribedTopicNames: member.topics,
          subscribedTopicRegex: member.topicPattern ?? '',
          assignment: withIds(current, call),
          targetAssignment: withIds(target, call),
          memberType: CONSUMER_MEMBER,
        };
      }),
    };
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return noGroup(groupId, error.code, error.message);
  }
}

function withIds(assignment: readonly TopicPartitions[], call: Call<never>) {
  return {
    topicPartitions: assignment.map(({ topic, partitions }) => ({
      topicId: call.broker.cluster.topic(topic)?.id ?? NO_UUID,
      topicName: topic,
      partitions,
    })),
  };
}

function noGroup(groupId: string, errorCode: ErrorName, errorMessage: string) {
  return {
    errorCode,
    errorMessage,
    groupId,
    groupState: '',
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: '',
    members: [],
  };
}
