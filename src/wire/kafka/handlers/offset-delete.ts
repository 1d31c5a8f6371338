import type { ErrorName } from '../error-code.js';
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

export const offsetDelete = offsetDeleteApi.handler({
  handle({ groupId, topics }, call) {
    const places = topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
    );
    const isReadable = ({ topic }: { readonly topic: string }) => call.authorize('read', 'topic', topic);
    const results = call.broker.groups.deleteOffsets(groupId, places.filter(isReadable), call.nodeId);
    const errors = places.map(
      (place): ErrorName => (isReadable(place) ? (results.shift() ?? 'NONE') : 'TOPIC_AUTHORIZATION_FAILED'),
    );
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: errors.shift() ?? 'NONE',
        })),
      })),
    };
  },
  fail: (_request, errorCode) => ({ errorCode, topics: [] }),
});
