import { array, error, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_ListTransactions */
export const listTransactionsApi = defineApi({
  name: 'ListTransactions',
  key: 66,
  versions: [0, 2],
  flexibleSince: 0,
  offered: { standard: [0, 1], lean: [0, 0] },
  request: {
    stateFilters: array(string),
    producerIdFilters: array(int64),
    durationFilter: int64.since(1).default(-1),
    transactionalIdPattern: string.nullable().since(2),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
    unknownStateFilters: array(string),
    transactionStates: array({
      transactionalId: string,
      producerId: int64,
      transactionState: string,
    }),
  },
});

export const listTransactions = listTransactionsApi.handler({
  handle({ stateFilters, producerIdFilters, durationFilter }, call) {
    const { transactions } = call.broker;
    const wanted = {
      states: stateFilters,
      producerIds: producerIdFilters,
      longerThanMs: durationFilter,
      nodeId: call.nodeId,
    };
    const listed = transactions
      .list(wanted)
      .filter(({ transactionalId }) => call.authorize('describe', 'transactionalId', transactionalId));
    return {
      unknownStateFilters: transactions.unknownStates(stateFilters),
      transactionStates: listed.map(({ transactionalId, producerId, state }) => ({
        transactionalId,
        producerId,
        transactionState: state,
      })),
    };
  },
  fail: (_request, errorCode) => ({ errorCode, unknownStateFilters: [], transactionStates: [] }),
});
