import { array, boolean, error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_CreatePartitions */
export const createPartitionsApi = defineApi({
  name: 'CreatePartitions',
  key: 37,
  versions: [0, 3],
  flexibleSince: 2,
  offered: { standard: [0, 3], lean: [0, 3] },
  request: {
    topics: array({
      name: string,
      count: int32,
      assignments: array({
        brokerIds: array(int32),
      }).nullable(),
    }),
    timeoutMs: int32,
    validateOnly: boolean,
  },
  response: {
    throttleTimeMs: throttle,
    results: array({
      name: string,
      errorCode: error,
      errorMessage: string.nullable().default(null),
    }),
  },
});
