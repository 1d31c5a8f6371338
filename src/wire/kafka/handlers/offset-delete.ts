import { array, error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_OffsetDelete */
export const offsetDeleteApi = defineApi({
  name: 'OffsetDelete',
  key: 47,
  versions: [0, 0],
  flexibleSince: Infinity,
  offered: { standard: [0, 0], lean: [0, 0] },
  request: {
    groupId: string,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
      }),
    }),
  },
  response: {
    errorCode: error,
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
