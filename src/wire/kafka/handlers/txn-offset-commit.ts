import { KafkaError, type OffsetCommit } from '../../../models/kafka/index.js';
import { array, error, int16, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';
import { commitOffsets, failedCommit } from '../offset-entry.js';

/** @see https://kafka.apache.org/protocol#The_Messages_TxnOffsetCommit */
export const txnOffsetCommitApi = defineApi({
  name: 'TxnOffsetCommit',
  key: 28,
  versions: [0, 5],
  flexibleSince: 3,
  offered: { standard: [0, 4], lean: [0, 3] },
  request: {
    transactionalId: string,
    groupId: string,
    producerId: int64,
    producerEpoch: int16,
    generationId: int32.since(3).default(-1),
    memberId: string.since(3),
    groupInstanceId: string.nullable().since(3),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.since(2).default(-1),
        committedMetadata: string.nullable(),
      }),
    }),
  },
  response: {
    throttleTimeMs: throttle,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: error,
      }),
    }),
  },
});

/** Clients of this version know that they may only abort. */
const ABORTABLE_SINCE = 4;

export const txnOffsetCommit = txnOffsetCommitApi.handler({
  handle(request, call) {
    const { transactionalId, groupId, memberId, groupInstanceId: instanceId, generationId, topics } = request;
    const member = { memberId, instanceId, generationId };
    const { transactions } = call.broker;
    const commit = (known: readonly OffsetCommit[]) =>
      abortable(call.version >= ABORTABLE_SINCE, () =>
        transactions.commitOffsets(transactionalId, request, groupId, member, known, call.nodeId),
      );
    return { topics: commitOffsets(topics, call, commit) };
  },
  fail: ({ topics }, errorCode) => ({ topics: failedCommit(topics, errorCode) }),
});

/** Says that a transaction can only be aborted to who understands it, and to others that its state is wrong. */
function abortable<T>(known: boolean, commit: () => T): T {
  try {
    return commit();
  } catch (error) {
    if (!known || !(error instanceof KafkaError) || error.code !== 'INVALID_TXN_STATE') throw error;
    throw new KafkaError('TRANSACTION_ABORTABLE', error.message);
  }
}
