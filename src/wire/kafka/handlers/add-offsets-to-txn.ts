import { fenced } from '../fencing.js';
import { error, int16, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_AddOffsetsToTxn */
export const addOffsetsToTxnApi = defineApi({
  name: 'AddOffsetsToTxn',
  key: 25,
  versions: [0, 4],
  flexibleSince: 3,
  offered: { standard: [0, 4], lean: [0, 1] },
  request: {
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    groupId: string,
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
  },
});

export const addOffsetsToTxn = addOffsetsToTxnApi.handler({
  handle(request, call) {
    fenced(call.version >= 2, () =>
      call.broker.transactions.addOffsets(request.transactionalId, request, request.groupId, call.nodeId),
    );
    return {};
  },
  fail: (_request, errorCode) => ({ errorCode }),
});
