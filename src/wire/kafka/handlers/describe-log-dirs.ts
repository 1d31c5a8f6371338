import { CLUSTER_RESOURCE, type Partition } from '../../../models/kafka/index.js';
import { array, boolean, error, int32, int64, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeLogDirs */
export const describeLogDirsApi = defineApi({
  name: 'DescribeLogDirs',
  key: 35,
  versions: [1, 4],
  flexibleSince: 2,
  offered: { standard: [1, 4], lean: [1, 4] },
  request: {
    topics: array({
      topic: string,
      partitions: array(int32),
    }).nullable(),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error.since(3),
    results: array({
      errorCode: error,
      logDir: string,
      topics: array({
        name: string,
        partitions: array({
          partitionIndex: int32,
          partitionSize: int64,
          offsetLag: int64,
          isFutureKey: boolean,
        }),
      }),
      totalBytes: int64.since(4).default(-1),
      usableBytes: int64.since(4).default(-1),
    }),
  },
});

export const describeLogDirs = describeLogDirsApi.handler({
  handle(request, call) {
    call.demand('describe', 'cluster', CLUSTER_RESOURCE);
    const { cluster, config } = call.broker;
    const wanted = request.topics && new Map(request.topics.map(({ topic, partitions }) => [topic, partitions]));
    const topics = [...cluster.topics.values()].flatMap(({ name, partitions }) => {
      if (wanted && !wanted.has(name)) return [];
      const here = partitions.filter(
        ({ index, replicas }) => replicas.includes(call.nodeId) && (!wanted || wanted.get(name)?.includes(index)),
      );
      if (here.length === 0) return [];
      return [{ name, partitions: here.map((partition) => describe(partition, call.nodeId)) }];
    });
    const totalBytes = topics.reduce((sum, topic) => topic.partitions.reduce((s, p) => s + p.partitionSize, sum), 0);
    const usableBytes = call.context.limits.totalBytes;
    return {
      results: [{ errorCode: 'NONE', logDir: config.text('log.dirs'), topics, totalBytes, usableBytes }],
    };
  },
  fail: (_request, errorCode) => ({ errorCode, results: [] }),
});

function describe(partition: Partition, nodeId: number) {
  const log = partition.logOf(nodeId);
  return {
    partitionIndex: partition.index,
    partitionSize: log.bytes,
    offsetLag: Math.max(partition.log.logEnd - log.logEnd, 0),
    isFutureKey: false,
  };
}
