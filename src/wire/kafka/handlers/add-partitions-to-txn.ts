import { KafkaError } from '../../../models/kafka/index.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { fenced } from '../fencing.js';
import { array, boolean, error, int16, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_AddPartitionsToTxn */
export const addPartitionsToTxnApi = defineApi({
  name: 'AddPartitionsToTxn',
  key: 24,
  versions: [0, 5],
  flexibleSince: 3,
  offered: { standard: [0, 5], lean: [0, 3] },
  request: {
    transactions: array({
      transactionalId: string,
      producerId: int64,
      producerEpoch: int16,
      verifyOnly: boolean.default(false),
      topics: array({
        name: string,
        partitions: array(int32),
      }),
    })
      .since(4)
      .default([]),
    transactionalId: string.until(3),
    producerId: int64.until(3),
    producerEpoch: int16.until(3),
    topics: array({
      name: string,
      partitions: array(int32),
    }).until(3),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error.since(4),
    resultsByTransaction: array({
      transactionalId: string,
      topicResults: array({
        name: string,
        resultsByPartition: array({
          partitionIndex: int32,
          partitionErrorCode: error,
        }),
      }),
    })
      .since(4)
      .default([]),
    resultsByTopic: array({
      name: string,
      resultsByPartition: array({
        partitionIndex: int32,
        partitionErrorCode: error,
      }),
    }).until(3),
  },
});

/** One transaction of a request, in any version. */
interface AskedTransaction {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly verifyOnly: boolean;
  readonly topics: readonly AskedTopic[];
}

interface AskedTopic {
  readonly name: string;
  readonly partitions: readonly number[];
}

export const addPartitionsToTxn = addPartitionsToTxnApi.handler({
  handle(request, call) {
    if (call.version < 4) {
      const mayWrite = (topic: string) => call.authorize('write', 'topic', topic);
      if (!request.topics.every(({ name }) => mayWrite(name))) {
        return { resultsByTopic: refused(request.topics, mayWrite, call) };
      }
      const resultsByTopic = fenced(call.version >= 2, () => add({ ...request, verifyOnly: false }, call));
      return { resultsByTopic };
    }
    return {
      resultsByTopic: [],
      resultsByTransaction: request.transactions.map((asked) => ({
        transactionalId: asked.transactionalId,
        topicResults: addOrRefuse(asked, call),
      })),
    };
  },
  fail(request, errorCode) {
    return { errorCode, resultsByTransaction: [], resultsByTopic: resultsOf(request.topics, () => errorCode) };
  },
});

/** Nothing is added when there is a topic that the client may not write to. */
function refused(topics: readonly AskedTopic[], mayWrite: (topic: string) => boolean, call: Call<never>) {
  const { cluster } = call.broker;
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => {
      const found = cluster.partition(name, partitionIndex) ? 'OPERATION_NOT_ATTEMPTED' : 'UNKNOWN_TOPIC_OR_PARTITION';
      const partitionErrorCode: ErrorName = mayWrite(name) ? found : 'TOPIC_AUTHORIZATION_FAILED';
      return { partitionIndex, partitionErrorCode };
    }),
  }));
}

function add(asked: AskedTransaction, call: Call<never>) {
  const places = asked.topics.flatMap(({ name, partitions }) =>
    partitions.map((partition) => ({ topic: name, partition })),
  );
  const { transactions } = call.broker;
  const results = asked.verifyOnly
    ? transactions.verifyPartitions(asked.transactionalId, asked, places, call.nodeId)
    : transactions.addPartitions(asked.transactionalId, asked, places, call.nodeId);
  return resultsOf(asked.topics, (at) => results[at] ?? 'NONE');
}

function addOrRefuse(asked: AskedTransaction, call: Call<never>) {
  try {
    return add(asked, call);
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return resultsOf(asked.topics, () => error.code);
  }
}

function resultsOf(topics: readonly AskedTopic[], errorAt: (position: number) => ErrorName) {
  let position = 0;
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errorAt(position++),
    })),
  }));
}
