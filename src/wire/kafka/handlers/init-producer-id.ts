import { KafkaError } from '../../../models/kafka/index.js';
import { fenced } from '../fencing.js';
import { error, int16, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_InitProducerId */
export const initProducerIdApi = defineApi({
  name: 'InitProducerId',
  key: 22,
  versions: [0, 5],
  flexibleSince: 2,
  offered: { standard: [0, 5], lean: [0, 3] },
  request: {
    transactionalId: string.nullable(),
    transactionTimeoutMs: int32,
    producerId: int64.since(3).default(-1),
    producerEpoch: int16.since(3).default(-1),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
    producerId: int64.default(-1),
    producerEpoch: int16,
  },
});

/** What a new producer says that it has. */
const NONE = -1;

export const initProducerId = initProducerIdApi.handler({
  handle({ transactionalId, transactionTimeoutMs, producerId, producerEpoch }, call) {
    if ((producerId === NONE) !== (producerEpoch === NONE)) {
      throw new KafkaError('INVALID_REQUEST', 'a producer id comes with its epoch');
    }
    const known = { producerId, producerEpoch };
    return fenced(call.version >= 4, () =>
      call.broker.transactions.initProducerId(transactionalId, transactionTimeoutMs, known, call.nodeId),
    );
  },
  fail: (_request, errorCode) => ({ errorCode, producerEpoch: -1 }),
});
