import { array, error, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DeleteRecords */
export const deleteRecordsApi = defineApi({
  name: 'DeleteRecords',
  key: 21,
  versions: [0, 2],
  flexibleSince: 2,
  offered: { standard: [0, 2], lean: [0, 2] },
  request: {
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        offset: int64,
      }),
    }),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: throttle,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        lowWatermark: int64,
        errorCode: error,
      }),
    }),
  },
});
