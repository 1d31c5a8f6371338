import { array, boolean, error, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeLogDirs */
export const describeLogDirsApi = defineApi({
  name: 'DescribeLogDirs',
  key: 35,
  versions: [1, 4],
  flexibleSince: 2,
  offered: { standard: [1, 4], lean: [1, 4] },
  request: {
    topics: array({
      topic: string,
      partitions: array(int32),
    }).nullable(),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error.since(3),
    results: array({
      errorCode: error,
      logDir: string,
      topics: array({
        name: string,
        partitions: array({
          partitionIndex: int32,
          partitionSize: int64,
          offsetLag: int64,
          isFutureKey: boolean,
        }),
      }),
      totalBytes: int64.since(4).default(-1),
      usableBytes: int64.since(4).default(-1),
    }),
  },
});
