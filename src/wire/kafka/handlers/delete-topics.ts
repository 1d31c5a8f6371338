import { array, error, int32, string, throttle, uuid } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DeleteTopics */
export const deleteTopicsApi = defineApi({
  name: 'DeleteTopics',
  key: 20,
  versions: [1, 6],
  flexibleSince: 4,
  offered: { standard: [1, 6], lean: [1, 6] },
  request: {
    topics: array({
      name: string.nullable(),
      topicId: uuid,
    })
      .since(6)
      .default([]),
    topicNames: array(string).until(5),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: throttle,
    responses: array({
      name: string.nullable(6),
      topicId: uuid.since(6),
      errorCode: error,
      errorMessage: string.nullable().since(5).default(null),
    }),
  },
});
