import { array, boolean, error, int8, int16, int32, string, throttle, uuid } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_CreateTopics */
export const createTopicsApi = defineApi({
  name: 'CreateTopics',
  key: 19,
  versions: [2, 7],
  flexibleSince: 5,
  offered: { standard: [2, 7], lean: [2, 7] },
  request: {
    topics: array({
      name: string,
      numPartitions: int32,
      replicationFactor: int16,
      assignments: array({
        partitionIndex: int32,
        brokerIds: array(int32),
      }),
      configs: array({
        name: string,
        value: string.nullable(),
      }),
    }),
    timeoutMs: int32.default(60000),
    validateOnly: boolean,
  },
  response: {
    throttleTimeMs: throttle,
    topics: array({
      name: string,
      topicId: uuid.since(7),
      errorCode: error,
      errorMessage: string.nullable().default(null),
      topicConfigErrorCode: error.since(5).tag(0),
      numPartitions: int32.since(5).default(-1),
      replicationFactor: int16.since(5).default(-1),
      configs: array({
        name: string,
        value: string.nullable(),
        readOnly: boolean,
        configSource: int8.default(-1),
        isSensitive: boolean,
      })
        .nullable()
        .since(5),
    }),
  },
});
