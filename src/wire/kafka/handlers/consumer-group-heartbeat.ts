import { array, error, int32, string, struct, throttle, uuid } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_ConsumerGroupHeartbeat */
export const consumerGroupHeartbeatApi = defineApi({
  name: 'ConsumerGroupHeartbeat',
  key: 68,
  versions: [0, 1],
  flexibleSince: 0,
  offered: { standard: [0, 1] },
  request: {
    groupId: string,
    memberId: string,
    memberEpoch: int32,
    instanceId: string.nullable(),
    rackId: string.nullable(),
    rebalanceTimeoutMs: int32.default(-1),
    subscribedTopicNames: array(string).nullable(),
    subscribedTopicRegex: string.nullable().since(1),
    serverAssignor: string.nullable(),
    topicPartitions: array({
      topicId: uuid,
      partitions: array(int32),
    }).nullable(),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
    errorMessage: string.nullable().default(null),
    memberId: string.nullable(),
    memberEpoch: int32,
    heartbeatIntervalMs: int32,
    assignment: struct({
      topicPartitions: array({
        topicId: uuid,
        partitions: array(int32),
      }),
    }).nullable(),
  },
});

export const consumerGroupHeartbeat = consumerGroupHeartbeatApi.handler({
  handle(request, call) {
    const answer = call.broker.groups.consumerHeartbeat(
      request.groupId,
      {
        memberId: request.memberId,
        memberEpoch: request.memberEpoch,
        instanceId: request.instanceId,
        rackId: request.rackId,
        rebalanceTimeoutMs: request.rebalanceTimeoutMs,
        topics: request.subscribedTopicNames,
        topicPattern: request.subscribedTopicRegex,
        assignor: request.serverAssignor,
        owned: request.topicPartitions,
        clientId: call.clientId,
        clientHost: call.clientHost,
      },
      call.nodeId,
    );
    return {
      memberId: answer.memberId,
      memberEpoch: answer.memberEpoch,
      heartbeatIntervalMs: answer.heartbeatIntervalMs,
      assignment: answer.assignment && { topicPartitions: answer.assignment },
    };
  },
  fail: (_request, errorCode, errorMessage) => ({
    errorCode,
    errorMessage,
    memberId: null,
    memberEpoch: 0,
    heartbeatIntervalMs: 0,
    assignment: null,
  }),
});
