import type { Partition, ProduceResult } from '../../../models/kafka/index.js';
import { type Call, CLOSED, type Outcome, SILENT } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, error, int16, int32, int64, records, string, struct, throttle, uuid } from '../field.js';
import { defineApi, type RequestOf, type ResponseOf } from '../handler.js';
import { currentLeader, nodeEndpoints } from '../leader-hint.js';
import { NO_UUID } from '../reader.js';

/** @see https://kafka.apache.org/protocol#The_Messages_Produce */
export const produceApi = defineApi({
  name: 'Produce',
  key: 0,
  versions: [3, 13],
  flexibleSince: 9,
  offered: { standard: [0, 11], lean: [0, 7] },
  request: {
    transactionalId: string.nullable(),
    acks: int16,
    timeoutMs: int32,
    topicData: array({
      name: string.until(12),
      topicId: uuid.since(13).default(NO_UUID),
      partitionData: array({
        index: int32,
        records: records.nullable(),
      }),
    }),
  },
  response: {
    responses: array({
      name: string.until(12),
      topicId: uuid.since(13).default(NO_UUID),
      partitionResponses: array({
        index: int32,
        errorCode: error,
        baseOffset: int64,
        logAppendTimeMs: int64.default(-1),
        logStartOffset: int64.since(5).default(-1),
        recordErrors: array({
          batchIndex: int32,
          batchIndexErrorMessage: string.nullable().default(null),
        }).since(8),
        errorMessage: string.nullable().since(8).default(null),
        currentLeader: struct({
          leaderId: int32.default(-1),
          leaderEpoch: int32.default(-1),
        })
          .since(10)
          .tag(0),
      }),
    }),
    throttleTimeMs: throttle,
    nodeEndpoints: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.nullable().default(null),
    })
      .since(10)
      .tag(0),
  },
});

type Request = RequestOf<typeof produceApi>;
type Response = ResponseOf<typeof produceApi>;

const TOLD: ReadonlySet<string> = new Set([
  'INVALID_TXN_STATE',
  'TRANSACTION_ABORTABLE',
  // Kafka's disks are full without a word, but here it is a limit that can be raised.
  'KAFKA_STORAGE_ERROR',
]);

export const produce = produceApi.handler({
  handle(request, call) {
    const partitions = request.topicData.flatMap(({ name, partitionData }) =>
      partitionData.map(({ index, records }) => ({ topic: name, index, records })),
    );
    const asked = {
      nodeId: call.nodeId,
      acks: request.acks,
      timeoutMs: request.timeoutMs,
      transactionalId: request.transactionalId,
      clientId: call.clientId,
      mayUseId: (transactionalId: string) => call.authorize('write', 'transactionalId', transactionalId),
      mayWrite: (topic: string) => call.authorize('write', 'topic', topic),
      zstdAllowed: call.version >= 7,
      knowsAbortable: call.version >= 11,
      partitions,
    };
    return call.later((answer) =>
      call.broker.produceService.produce(asked, (results) => answer(toResponse(request, results, call))),
    );
  },
  fail: (request, errorCode, message) => refuseAll(request, errorCode, message),
});

/** Without acknowledgement there is no answer; that something failed shows in the connection being closed. */
function toResponse(request: Request, results: readonly ProduceResult[], call: Call<Response>): Outcome<Response> {
  if (request.acks === 0) return results.some((result) => result.error) ? CLOSED : SILENT;
  const leaders: Partition[] = [];
  let at = 0;
  const responses = withPartitions(request).map(({ name, partitionData }) => ({
    name,
    partitionResponses: partitionData.map(() => {
      const result = results[at++] as ProduceResult;
      if (result.leader) leaders.push(result.leader);
      return {
        index: result.index,
        errorCode: result.error ?? ('NONE' as const),
        baseOffset: result.baseOffset,
        logAppendTimeMs: result.logAppendTimeMs,
        logStartOffset: result.logStartOffset,
        recordErrors: result.recordErrors.map(({ batchIndex, message }) => ({
          batchIndex,
          batchIndexErrorMessage: message,
        })),
        errorMessage: isTold(result) ? (result.message ?? null) : null,
        ...(result.leader ? { currentLeader: currentLeader(result.leader) } : {}),
      };
    }),
  }));
  return { responses, nodeEndpoints: nodeEndpoints(call, leaders) };
}

/** Kafka says more than the code only of records, and of partitions that are not in a transaction. */
function isTold({ error, recordErrors }: ProduceResult): boolean {
  return recordErrors.length > 0 || (error !== undefined && TOLD.has(error));
}

/** A topic of which nothing was asked is not in the answer. */
function withPartitions({ topicData }: Request): Request['topicData'] {
  return topicData.filter(({ partitionData }) => partitionData.length > 0);
}

function refuseAll(request: Request, errorCode: ErrorName, errorMessage: string): Outcome<Response> {
  if (request.acks === 0) return CLOSED;
  return {
    responses: withPartitions(request).map(({ name, partitionData }) => ({
      name,
      partitionResponses: partitionData.map(({ index }) => ({
        index,
        errorCode,
        baseOffset: -1,
        recordErrors: [],
        errorMessage,
      })),
    })),
  };
}
