import { fenced } from '../fencing.js';
import { boolean, error, int16, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_EndTxn */
export const endTxnApi = defineApi({
  name: 'EndTxn',
  key: 26,
  versions: [0, 5],
  flexibleSince: 3,
  offered: { standard: [0, 4], lean: [0, 3] },
  request: {
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    committed: boolean,
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
    producerId: int64.since(5).default(-1),
    producerEpoch: int16.since(5).default(-1),
  },
});

export const endTxn = endTxnApi.handler({
  handle(request, call) {
    fenced(call.version >= 2, () =>
      call.broker.transactions.endTransaction(request.transactionalId, request, request.committed, call.nodeId),
    );
    return {};
  },
  fail: (_request, errorCode) => ({ errorCode }),
});
