import { array, boolean, error, int32, int64, string, throttle, uuid } from '../field.js';
import { defineApi } from '../handler.js';
import { NO_UUID } from '../reader.js';

/** @see https://kafka.apache.org/protocol#The_Messages_OffsetFetch */
export const offsetFetchApi = defineApi({
  name: 'OffsetFetch',
  key: 9,
  versions: [1, 10],
  flexibleSince: 6,
  offered: { standard: [1, 9], lean: [1, 8] },
  request: {
    groupId: string.until(7),
    topics: array({
      name: string,
      partitionIndexes: array(int32),
    })
      .nullable(2)
      .until(7),
    groups: array({
      groupId: string,
      memberId: string.nullable().since(9),
      memberEpoch: int32.since(9).default(-1),
      topics: array({
        name: string.until(9),
        topicId: uuid.since(10).default(NO_UUID),
        partitionIndexes: array(int32),
      }).nullable(),
    })
      .since(8)
      .default([]),
    requireStable: boolean.since(7),
  },
  response: {
    throttleTimeMs: throttle.since(3),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.since(5).default(-1),
        metadata: string.nullable(),
        errorCode: error,
      }),
    }).until(7),
    errorCode: error.since(2).until(7),
    groups: array({
      groupId: string,
      topics: array({
        name: string.until(9),
        topicId: uuid.since(10).default(NO_UUID),
        partitions: array({
          partitionIndex: int32,
          committedOffset: int64,
          committedLeaderEpoch: int32.default(-1),
          metadata: string.nullable(),
          errorCode: error,
        }),
      }),
      errorCode: error,
    })
      .since(8)
      .default([]),
  },
});
