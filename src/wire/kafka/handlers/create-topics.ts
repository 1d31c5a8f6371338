import { CLUSTER_RESOURCE, KafkaError } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import { demandTime } from '../deadline.js';
import type { ErrorName } from '../error-code.js';
import { array, boolean, error, int8, int16, int32, string, throttle, uuid } from '../field.js';
import { defineApi, type RequestOf } from '../handler.js';
import { NO_UUID } from '../reader.js';
import { onceEach, repeated } from '../repeated.js';

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

type Request = RequestOf<typeof createTopicsApi>;
type TopicRequest = Request['topics'][number];

const READ_ONLY = false;

/** Partitions that one request may ask for, all topics together. */
const MOST_PARTITIONS = 10_000;

export const createTopics = createTopicsApi.handler({
  handle(request, call) {
    demandTime(request);
    const twice = repeated(request.topics.map(({ name }) => name));
    const mayCreate = (name: string) =>
      call.authorize('create', 'cluster', CLUSTER_RESOURCE) || call.authorize('create', 'topic', name);
    const allowed = new Set(request.topics.filter(({ name }) => !twice.has(name) && mayCreate(name)));
    demandFewPartitions(allowed, call.broker.config.number('num.partitions'));
    return {
      topics: onceEach(request.topics, ({ name }) => name).map((asked) => {
        const refuse = refusal(asked.name);
        if (twice.has(asked.name)) return refuse('INVALID_REQUEST', 'Duplicate topic name.');
        return attempt(() => {
          if (!allowed.has(asked)) throw new KafkaError('TOPIC_AUTHORIZATION_FAILED', 'Authorization failed.');
          const topic = call.broker.admin.createTopic(asked.name, toSpec(asked), request.validateOnly);
          const made = { name: asked.name, topicId: topic.id, errorCode: 'NONE' as const };
          if (!call.authorize('describeConfigs', 'topic', asked.name)) {
            return { ...made, topicConfigErrorCode: 'TOPIC_AUTHORIZATION_FAILED' as const, configs: [] };
          }
          return {
            ...made,
            numPartitions: topic.partitionCount,
            replicationFactor: topic.replicationFactor,
            configs: topic.configs.map(({ name, value, source }) => ({
              name,
              value,
              readOnly: READ_ONLY,
              configSource: source,
              isSensitive: false,
            })),
          };
        }, refuse);
      }),
    };
  },
  fail: (request, errorCode, message) => ({
    topics: request.topics.map(({ name }) => refusal(name)(errorCode, message)),
  }),
});

/** @throws KafkaError POLICY_VIOLATION */
function demandFewPartitions(topics: Iterable<TopicRequest>, defaultCount: number): void {
  let total = 0;
  for (const { numPartitions, assignments } of topics) {
    total += assignments.length || (numPartitions === -1 ? defaultCount : numPartitions);
    if (total <= MOST_PARTITIONS) continue;
    throw new KafkaError('POLICY_VIOLATION', 'Excessively large number of partitions per request.');
  }
}

function refusal(name: string) {
  return (errorCode: ErrorName, errorMessage: string) => ({
    name,
    topicId: NO_UUID,
    errorCode,
    errorMessage,
    configs: [],
  });
}

function toSpec(asked: TopicRequest) {
  return {
    partitions: asked.numPartitions,
    replicationFactor: asked.replicationFactor,
    assignments: asked.assignments.map(({ partitionIndex, brokerIds }) => ({
      index: partitionIndex,
      nodes: brokerIds,
    })),
    config: asked.configs,
  };
}
