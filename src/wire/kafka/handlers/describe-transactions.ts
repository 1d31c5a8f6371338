import { KafkaError } from '../../../models/kafka/index.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, error, int16, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeTransactions */
export const describeTransactionsApi = defineApi({
  name: 'DescribeTransactions',
  key: 65,
  versions: [0, 0],
  flexibleSince: 0,
  offered: { standard: [0, 0], lean: [0, 0] },
  request: {
    transactionalIds: array(string),
  },
  response: {
    throttleTimeMs: throttle,
    transactionStates: array({
      errorCode: error,
      transactionalId: string,
      transactionState: string,
      transactionTimeoutMs: int32,
      transactionStartTimeMs: int64,
      producerId: int64,
      producerEpoch: int16,
      topics: array({
        topic: string,
        partitions: array(int32),
      }),
    }),
  },
});

export const describeTransactions = describeTransactionsApi.handler({
  handle: ({ transactionalIds }, call) => ({ transactionStates: transactionalIds.map((id) => describe(id, call)) }),
  fail: ({ transactionalIds }, errorCode) => ({ transactionStates: transactionalIds.map((id) => none(id, errorCode)) }),
});

function describe(transactionalId: string, call: Call<never>) {
  try {
    call.demand('describe', 'transactionalId', transactionalId);
    const { state, startedMs, timeoutMs, ...found } = call.broker.transactions.describe(transactionalId, call.nodeId);
    return {
      ...found,
      transactionState: state,
      transactionTimeoutMs: timeoutMs,
      transactionStartTimeMs: startedMs,
    };
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return none(transactionalId, error.code);
  }
}

function none(transactionalId: string, errorCode: ErrorName) {
  return {
    errorCode,
    transactionalId,
    transactionState: '',
    transactionTimeoutMs: 0,
    transactionStartTimeMs: 0,
    producerId: 0,
    producerEpoch: 0,
    topics: [],
  };
}
