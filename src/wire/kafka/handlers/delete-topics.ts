import { CLUSTER_RESOURCE } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import { demandTime } from '../deadline.js';
import type { ErrorName } from '../error-code.js';
import { array, error, int32, string, throttle, uuid } from '../field.js';
import { defineApi, type RequestOf } from '../handler.js';
import { NO_UUID } from '../reader.js';
import { onceEach, repeated } from '../repeated.js';

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
  handle(request, call) {
    demandTime(request);
    const { cluster, admin } = call.broker;
    const topics = asked(request);
    const mayDeleteAll = call.authorize('delete', 'cluster', CLUSTER_RESOURCE);
    const proper = topics.filter((topic) => !formProblemOf(topic));
    const twice = repeated(proper.map(keyOf));
    const valid = proper.filter((topic) => !twice.has(keyOf(topic)));
    const byId = new Set(valid.map(({ topicId }) => topicId));
    const byName = new Set(valid.map(({ name }) => (name === null ? undefined : cluster.topic(name)?.id)));
    const malformed = topics.flatMap((topic) => {
      const problem = formProblemOf(topic);
      return problem ? refusal(topic, 'INVALID_REQUEST', problem) : [];
    });
    return {
      responses: [
        ...malformed,
        ...onceEach(proper, keyOf).flatMap((topic) => {
          if (twice.has(keyOf(topic))) {
            const what = topic.name === null ? 'Duplicate topic id.' : 'Duplicate topic name.';
            return refusal(topic, 'INVALID_REQUEST', what);
          }
          const found = topic.name === null ? cluster.topicById(topic.topicId) : cluster.topic(topic.name);
          const isVisible = (name: string) => call.authorize('describe', 'topic', name);
          const name = found?.name ?? topic.name;
          const mayDelete = name === null || mayDeleteAll || call.authorize('delete', 'topic', name);
          if (!mayDelete && (found || !isVisible(name))) {
            const shown = found && isVisible(name) ? name : topic.name;
            return refusal({ ...topic, name: shown }, 'TOPIC_AUTHORIZATION_FAILED', 'Topic authorization failed.');
          }
          // A topic that is named and identified is answered once, and stays.
          if (byName.has(topic.topicId)) return [];
          if (topic.name !== null && found && byId.has(found.id)) {
            const message = 'The provided topic name maps to an ID that was already supplied.';
            return refusal({ ...topic, topicId: found.id }, 'INVALID_REQUEST', message);
          }
          return attempt(
            () => {
              const deleted = admin.deleteTopic(topic);
              return { name: deleted.name, topicId: deleted.id, errorCode: 'NONE' as const };
            },
            (errorCode, errorMessage) => refusal(topic, errorCode, errorMessage),
          );
        }),
      ],
    };
  },
  fail: (request, errorCode, message) => ({
    responses: asked(request).map((topic) => refusal(topic, errorCode, message)),
  }),
});

interface AskedTopic {
  readonly name: string | null;
  readonly topicId: string;
}

/** A topic has a name or an id. */
function formProblemOf({ name, topicId }: AskedTopic): string | undefined {
  if (name === null && topicId === NO_UUID) return 'Neither topic name nor id were specified.';
  if (name !== null && topicId !== NO_UUID) return 'You may not specify both topic name and topic id.';
  return undefined;
}

const keyOf = ({ name, topicId }: AskedTopic) => `${topicId} ${name}`;

function asked(request: RequestOf<typeof deleteTopicsApi>): readonly AskedTopic[] {
  if (request.topics.length > 0) return request.topics;
  return request.topicNames.map((name) => ({ name, topicId: NO_UUID }));
}

function refusal({ name, topicId }: AskedTopic, errorCode: ErrorName, errorMessage: string) {
  return { name, topicId, errorCode, errorMessage };
}
