import { attempt } from '../attempt.js';
import { demandTime } from '../deadline.js';
import { array, boolean, error, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';
import { onceEach, repeated } from '../repeated.js';

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

/** Errors of which no more is said. */
const SILENT: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'TOPIC_AUTHORIZATION_FAILED']);

export const createPartitions = createPartitionsApi.handler({
  handle(request, call) {
    demandTime(request);
    const twice = repeated(request.topics.map(({ name }) => name));
    return {
      results: onceEach(request.topics, (topic) => topic.name).map(({ name, count, assignments }) => {
        if (twice.has(name)) {
          return { name, errorCode: 'INVALID_REQUEST' as const, errorMessage: 'Duplicate topic name.' };
        }
        return attempt(
          () => {
            call.demand('alter', 'topic', name);
            const nodes = assignments?.map(({ brokerIds }) => brokerIds) ?? null;
            call.broker.admin.createPartitions(name, count, nodes, request.validateOnly);
            return { name, errorCode: 'NONE' as const };
          },
          (errorCode, message) => ({
            name,
            errorCode,
            errorMessage: SILENT.has(errorCode) ? null : message,
          }),
        );
      }),
    };
  },
  fail: (request, errorCode, errorMessage) => ({
    results: request.topics.map(({ name }) => ({ name, errorCode, errorMessage })),
  }),
});
