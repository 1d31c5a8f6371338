import type { FetchPartition, FetchResult, Partition } from '../../../models/kafka/index.js';
import type { Call } from '../call.js';
import { array, error, int8, int32, int64, records, string, struct, throttle, uuid } from '../field.js';
import { defineApi, type RequestOf, type ResponseOf } from '../handler.js';
import { currentLeader, nodeEndpoints } from '../leader-hint.js';
import { NO_UUID } from '../reader.js';

/** @see https://kafka.apache.org/protocol#The_Messages_Fetch */
export const fetchApi = defineApi({
  name: 'Fetch',
  key: 1,
  versions: [4, 17],
  flexibleSince: 12,
  offered: { standard: [4, 17], lean: [4, 12] },
  request: {
    clusterId: string.nullable().since(12).tag(0),
    replicaId: int32.until(14).default(-1),
    replicaState: struct({
      replicaId: int32.default(-1),
      replicaEpoch: int64.default(-1),
    })
      .since(15)
      .tag(1),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32.default(0x7fffffff),
    isolationLevel: int8,
    sessionId: int32.since(7),
    sessionEpoch: int32.since(7).default(-1),
    topics: array({
      topic: string.until(12),
      topicId: uuid.since(13).default(NO_UUID),
      partitions: array({
        partition: int32,
        currentLeaderEpoch: int32.since(9).default(-1),
        fetchOffset: int64,
        lastFetchedEpoch: int32.since(12).default(-1),
        logStartOffset: int64.since(5).default(-1),
        partitionMaxBytes: int32,
        replicaDirectoryId: uuid.since(17).tag(0),
      }),
    }),
    forgottenTopicsData: array({
      topic: string.until(12),
      topicId: uuid.since(13).default(NO_UUID),
      partitions: array(int32),
    }).since(7),
    rackId: string.since(11),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error.since(7),
    sessionId: int32.since(7),
    responses: array({
      topic: string.until(12),
      topicId: uuid.since(13).default(NO_UUID),
      partitions: array({
        partitionIndex: int32,
        errorCode: error,
        highWatermark: int64,
        lastStableOffset: int64.default(-1),
        logStartOffset: int64.since(5).default(-1),
        divergingEpoch: struct({
          epoch: int32.default(-1),
          endOffset: int64.default(-1),
        })
          .since(12)
          .tag(0),
        currentLeader: struct({
          leaderId: int32.default(-1),
          leaderEpoch: int32.default(-1),
        })
          .since(12)
          .tag(1),
        snapshotId: struct({
          endOffset: int64.default(-1),
          epoch: int32.default(-1),
        })
          .since(12)
          .tag(2),
        abortedTransactions: array({
          producerId: int64,
          firstOffset: int64,
        }).nullable(),
        preferredReadReplica: int32.since(11).default(-1),
        records: records.nullable(),
      }),
    }),
    nodeEndpoints: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.nullable().default(null),
    })
      .since(16)
      .tag(0),
  },
});

type Request = RequestOf<typeof fetchApi>;
type Response = ResponseOf<typeof fetchApi>;

const READ_COMMITTED = 1;
/** A partition with these is not even looked at; all others are told of as if they were read. */
const UNKNOWN: ReadonlySet<string | undefined> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'TOPIC_AUTHORIZATION_FAILED',
]);
/** Since this version consumers may read from nodes that follow. */
const FOLLOWERS_SINCE = 11;
/** Since this version topics are named by their id. */
const IDS_SINCE = 13;
/** Since this version clients are told who leads. */
const LEADERS_SINCE = 16;

export const fetch = fetchApi.handler({
  handle(request, call) {
    const plan = call.broker.fetchSessions(call.nodeId).plan({
      sessionId: request.sessionId,
      // Sessions came with version 7; the default asks for none.
      sessionEpoch: request.sessionEpoch,
      byId: call.version >= IDS_SINCE,
      partitions: toPartitions(request, call),
      forgotten: toForgotten(request, call),
    });
    const mayFollow = call.version >= FOLLOWERS_SINCE && isConsumer(request);
    const asked = {
      nodeId: call.nodeId,
      mayFollow,
      rack: mayFollow ? request.rackId : '',
      maxWaitMs: request.maxWaitMs,
      minBytes: request.minBytes,
      maxBytes: request.maxBytes,
      committed: request.isolationLevel === READ_COMMITTED,
      mayRead: (topic: string) => call.authorize('read', 'topic', topic),
      partitions: plan.partitions,
    };
    return call.later((answer) =>
      call.broker.fetchService.fetch(asked, (results) => answer(toResponse(plan.tell(results), plan.sessionId, call))),
    );
  },
  fail: (_request, errorCode) => ({ errorCode, sessionId: 0, responses: [] }),
});

/** Whether it is no replica that asks. */
function isConsumer({ replicaId, replicaState }: Request): boolean {
  return Math.max(replicaId, replicaState.replicaId) < 0;
}

function toPartitions(request: Request, call: Call<Response>): FetchPartition[] {
  const byId = call.version >= IDS_SINCE;
  return request.topics.flatMap(({ topic, topicId, partitions }) => {
    const name = byId ? (call.broker.cluster.topicById(topicId)?.name ?? '') : topic;
    return partitions.map((partition) => ({
      topic: name,
      topicId: byId ? topicId : undefined,
      index: partition.partition,
      offset: partition.fetchOffset,
      maxBytes: partition.partitionMaxBytes,
      // Here, unlike elsewhere, Kafka takes every negative epoch for none.
      leaderEpoch: Math.max(partition.currentLeaderEpoch, -1),
      lastFetchedEpoch: partition.lastFetchedEpoch,
    }));
  });
}

function toForgotten(request: Request, call: Call<Response>): FetchPartition[] {
  const byId = call.version >= IDS_SINCE;
  return request.forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
    partitions.map((index) => ({
      topic,
      topicId: byId ? topicId : undefined,
      index,
      offset: 0,
      maxBytes: 0,
      leaderEpoch: -1,
      lastFetchedEpoch: -1,
    })),
  );
}

function toResponse(results: readonly FetchResult[], sessionId: number, call: Call<Response>): Response {
  const leaders: Partition[] = [];
  const topics = new Map<string, { topic: string; topicId: string; partitions: PartitionAnswer[] }>();
  for (const result of results) {
    const { topic, topicId } = result.asked;
    const key = topicId ?? topic;
    let entry = topics.get(key);
    if (!entry) {
      entry = { topic, topicId: topicId ?? NO_UUID, partitions: [] };
      topics.set(key, entry);
    }
    const leader = call.version >= LEADERS_SINCE ? result.leader : undefined;
    if (leader) leaders.push(leader);
    entry.partitions.push(toPartition(result, leader));
  }
  return { sessionId, responses: [...topics.values()], nodeEndpoints: nodeEndpoints(call, leaders) };
}

type PartitionAnswer = Response['responses'][number]['partitions'][number];

function toPartition(result: FetchResult, leader: Partition | undefined): PartitionAnswer {
  return {
    partitionIndex: result.asked.index,
    errorCode: result.error ?? 'NONE',
    highWatermark: result.highWatermark,
    lastStableOffset: result.lastStable,
    logStartOffset: result.logStart,
    abortedTransactions: result.aborted ?? (UNKNOWN.has(result.error) && !result.gone ? [] : null),
    preferredReadReplica: result.preferredReplica ?? -1,
    records: result.batches.map((batch) => batch.bytes),
    ...(result.diverging ? { divergingEpoch: result.diverging } : {}),
    ...(leader ? { currentLeader: currentLeader(leader) } : {}),
  };
}
