import { CLUSTER_RESOURCE, KafkaError, type Topic } from '../../../models/kafka/index.js';
import { authorizedOperations, clusterOperations } from '../authorized-operations.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, boolean, error, int32, string, throttle, uuid } from '../field.js';
import { defineApi, type RequestOf, type ResponseOf } from '../handler.js';
import { describePartition } from '../partition-metadata.js';
import { NO_UUID } from '../reader.js';

/** @see https://kafka.apache.org/protocol#The_Messages_Metadata */
export const metadataApi = defineApi({
  name: 'Metadata',
  key: 3,
  versions: [0, 13],
  flexibleSince: 9,
  offered: { standard: [0, 12], lean: [0, 9] },
  request: {
    topics: array({
      topicId: uuid.since(10),
      name: string.nullable(10),
    }).nullable(1),
    allowAutoTopicCreation: boolean.since(4).default(true),
    includeClusterAuthorizedOperations: boolean.since(8).until(10),
    includeTopicAuthorizedOperations: boolean.since(8),
  },
  response: {
    throttleTimeMs: throttle.since(3),
    brokers: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.nullable().since(1).default(null),
    }),
    clusterId: string.nullable().since(2),
    controllerId: int32.since(1).default(-1),
    topics: array({
      errorCode: error,
      name: string.nullable(12),
      topicId: uuid.since(10),
      isInternal: boolean.since(1),
      partitions: array({
        errorCode: error,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: int32.since(7).default(-1),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        offlineReplicas: array(int32).since(5),
      }),
      topicAuthorizedOperations: int32.since(8).default(-2147483648),
    }),
    clusterAuthorizedOperations: int32.since(8).until(10).default(-2147483648),
    errorCode: error.since(13),
  },
});

type Request = RequestOf<typeof metadataApi>;
type Response = ResponseOf<typeof metadataApi>;
type TopicAnswer = Response['topics'][number];

const IDS_SINCE = 12;

export const metadata = metadataApi.handler({
  handle(request, call) {
    const { cluster } = call.broker;
    const brokers = cluster.liveNodes.flatMap(({ id, rack }) => {
      const address = call.address(id);
      return address ? [{ nodeId: id, host: address.host, port: address.port, rack }] : [];
    });
    const topics = describeAsked(request, call);
    return {
      brokers,
      clusterId: cluster.clusterId,
      controllerId: cluster.controller,
      topics: request.includeTopicAuthorizedOperations ? topics.map((topic) => withOperations(topic, call)) : topics,
      ...(request.includeClusterAuthorizedOperations && {
        clusterAuthorizedOperations: clusterOperations(call),
      }),
    };
  },
  fail: (request, errorCode) => ({
    brokers: [],
    clusterId: null,
    topics: (request.topics ?? []).map(({ name, topicId }) => unknown(name, topicId, errorCode)),
  }),
});

function describeAsked(request: Request, call: Call<Response>): TopicAnswer[] {
  const { cluster } = call.broker;
  const all = request.topics === null || (call.version === 0 && request.topics.length === 0);
  const isVisible = (name: string) => call.authorize('describe', 'topic', name);
  if (all) return [...cluster.topics.values()].filter(({ name }) => isVisible(name)).map(describe);
  const asked = request.topics ?? [];
  if (call.version < IDS_SINCE) checkNames(asked, call.version);
  // Ids count before names, and where there are some nobody looks at the others.
  const identified = asked.filter(({ topicId }) => topicId !== NO_UUID);
  return (identified.length > 0 ? identified : asked).map(({ name, topicId }) => {
    if (name === null || topicId !== NO_UUID) {
      const topic = cluster.topicById(topicId);
      if (!topic) return unknown(null, topicId, 'UNKNOWN_TOPIC_ID');
      return isVisible(topic.name) ? describe(topic) : unknown(null, topicId, 'TOPIC_AUTHORIZATION_FAILED');
    }
    if (!isVisible(name)) return unknown(name, NO_UUID, 'TOPIC_AUTHORIZATION_FAILED');
    const topic = cluster.topic(name);
    if (topic) return describe(topic);
    const wanted = call.version < 4 || request.allowAutoTopicCreation;
    if (wanted && cluster.config.flag('auto.create.topics.enable') && !mayCreate(name, call)) {
      return unknown(name, NO_UUID, 'TOPIC_AUTHORIZATION_FAILED');
    }
    const { created, error } = call.broker.autoCreateTopic(name, wanted);
    return created ? describe(created) : unknown(name, NO_UUID, error);
  });
}

/** @throws KafkaError INVALID_REQUEST: ids are in the requests of two versions before they count */
function checkNames(asked: NonNullable<Request['topics']>, version: number): void {
  for (const { name, topicId } of asked) {
    if (name === null) {
      throw new KafkaError('INVALID_REQUEST', `Topic name can not be null for version ${version}`);
    }
    if (topicId !== NO_UUID) {
      throw new KafkaError('INVALID_REQUEST', `Topic IDs are not supported in requests for version ${version}`);
    }
  }
}

function mayCreate(name: string, call: Call<Response>): boolean {
  return call.authorize('create', 'cluster', CLUSTER_RESOURCE) || call.authorize('create', 'topic', name);
}

/** Also of a topic that is not there, but not of one that the client must not know of. */
function withOperations(topic: TopicAnswer, call: Call<Response>): TopicAnswer {
  if (topic.errorCode === 'TOPIC_AUTHORIZATION_FAILED' || topic.name === null) return topic;
  return { ...topic, topicAuthorizedOperations: authorizedOperations(call, 'topic', topic.name) };
}

function describe(topic: Topic): TopicAnswer {
  return {
    errorCode: 'NONE',
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.internal,
    partitions: topic.partitions.map(describePartition),
  };
}

function unknown(name: string | null, topicId: string, errorCode: ErrorName): TopicAnswer {
  return { errorCode, name, topicId, isInternal: false, partitions: [] };
}
