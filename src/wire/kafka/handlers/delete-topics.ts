import { attempt } from '../attempt.js';
import type { ErrorName } from '../error-code.js';
import { array, error, int32, string, throttle, uuid } from '../field.js';
import { defineApi, type RequestOf } from '../handler.js';
import { NO_UUID } from '../reader.js';

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

export const deleteTopics = deleteTopicsApi.handler({
  handle: (request, call) => ({
    responses: asked(request).map((topic) =>
      attempt(
        () => {
          call.demand('delete', 'topic', topic.name ?? call.broker.cluster.topicById(topic.topicId)?.name ?? '');
          const { name, id } = call.broker.admin.deleteTopic(topic);
          return { name, topicId: id, errorCode: 'NONE' as const };
        },
        (errorCode, errorMessage) => refusal(topic, errorCode, errorMessage),
      ),
    ),
  }),
  fail: (request, errorCode, message) => ({
    responses: asked(request).map((topic) => refusal(topic, errorCode, message)),
  }),
});

interface AskedTopic {
  readonly name: string | null;
  readonly topicId: string;
}

function asked(request: RequestOf<typeof deleteTopicsApi>): readonly AskedTopic[] {
  if (request.topics.length > 0) return request.topics;
  return request.topicNames.map((name) => ({ name, topicId: NO_UUID }));
}

function refusal({ name, topicId }: AskedTopic, errorCode: ErrorName, errorMessage: string) {
  return { name, topicId, errorCode, errorMessage };
}
