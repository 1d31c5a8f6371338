import { array, boolean, error, int16, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_AddPartitionsToTxn */
export const addPartitionsToTxnApi = defineApi({
  name: 'AddPartitionsToTxn',
  key: 24,
  versions: [0, 5],
  flexibleSince: 3,
  offered: { standard: [0, 5], lean: [0, 3] },
  request: {
    transactions: array({
      transactionalId: string,
      producerId: int64,
      producerEpoch: int16,
      verifyOnly: boolean.default(false),
      topics: array({
        name: string,
        partitions: array(int32),
      }),
    })
      .since(4)
      .default([]),
    transactionalId: string.until(3),
    producerId: int64.until(3),
    producerEpoch: int16.until(3),
    topics: array({
      name: string,
      partitions: array(int32),
    }).until(3),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error.since(4),
    resultsByTransaction: array({
      transactionalId: string,
      topicResults: array({
        name: string,
        resultsByPartition: array({
          partitionIndex: int32,
          partitionErrorCode: error,
        }),
      }),
    })
      .since(4)
      .default([]),
    resultsByTopic: array({
      name: string,
      resultsByPartition: array({
        partitionIndex: int32,
        partitionErrorCode: error,
      }),
    }).until(3),
  },
});
