import type { OffsetCommit } from '../../../models/kafka/index.js';
import { array, error, int32, int64, string, throttle, uuid } from '../field.js';
import { defineApi } from '../handler.js';
import { commitOffsets, failedCommit } from '../offset-entry.js';
import { NO_UUID } from '../reader.js';

/** @see https://kafka.apache.org/protocol#The_Messages_OffsetCommit */
export const offsetCommitApi = defineApi({
  name: 'OffsetCommit',
  key: 8,
  versions: [2, 10],
  flexibleSince: 8,
  offered: { standard: [2, 9], lean: [2, 8] },
  request: {
    groupId: string,
    generationIdOrMemberEpoch: int32.default(-1),
    memberId: string,
    groupInstanceId: string.nullable().since(7),
    retentionTimeMs: int64.until(4).default(-1),
    topics: array({
      name: string.until(9),
      topicId: uuid.since(10).default(NO_UUID),
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.since(6).default(-1),
        committedMetadata: string.nullable(),
      }),
    }),
  },
  response: {
    throttleTimeMs: throttle.since(3),
    topics: array({
      name: string.until(9),
      topicId: uuid.since(10).default(NO_UUID),
      partitions: array({
        partitionIndex: int32,
        errorCode: error,
      }),
    }),
  },
});

export const offsetCommit = offsetCommitApi.handler({
  handle(request, call) {
    const identity = {
      memberId: request.memberId,
      instanceId: request.groupInstanceId,
      generationId: request.generationIdOrMemberEpoch,
    };
    const options = {
      retentionMs: request.retentionTimeMs,
      sendsMemberEpoch: call.version >= 9,
      nodeId: call.nodeId,
    };
    const { groups } = call.broker;
    const commit = (known: readonly OffsetCommit[]) => groups.commitOffsets(request.groupId, identity, known, options);
    return { topics: commitOffsets(request.topics, call, commit) };
  },
  fail: ({ topics }, errorCode) => ({ topics: failedCommit(topics, errorCode) }),
});
