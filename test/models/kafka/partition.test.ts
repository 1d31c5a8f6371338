import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_LEADER } from '../../../src/models/kafka/partition.js';
import { batchBytes, fetchNow, kafkaModel, produceBatch, recordsOf } from '../../helpers/kafka-model.js';

const failure = (code: string) => expect.objectContaining({ code });

function start(replicas: readonly number[] = [1, 2, 3], config: Record<string, number | string> = {}) {
  const model = kafkaModel({ nodes: 3 });
  model.broker.createTopic('t', { assignments: [replicas], config });
  const partition = model.broker.partition('t', 0);
  const put = (value: string, acks = 1) =>
    produceBatch(model.broker, 't', batchBytes([{ value }]), { nodeId: partition.leader, acks });
  return { ...model, partition, put };
}

describe('who leads', () => {
  test('is the first live replica, and each change is an epoch', () => {
    const { partition } = start();
    expect([partition.leader, partition.leaderEpoch]).toEqual([1, 0]);
    partition.lead(2);
    expect([partition.leader, partition.leaderEpoch]).toEqual([2, 1]);
    expect(() => partition.checkLeader(1)).toThrow(failure('NOT_LEADER_OR_FOLLOWER'));
    partition.checkLeader(2);
  });

  test('may be nobody; then nobody may write', () => {
    const { partition } = start();
    partition.lead(NO_LEADER);
    for (const node of [NO_LEADER, 1])
      expect(() => partition.checkLeader(node)).toThrow(failure('NOT_LEADER_OR_FOLLOWER'));
  });
});

describe('replicas', () => {
  test('hold the same as soon as it is written; one that is paused holds the high watermark back', () => {
    const { partition, put } = start();
    put('a');
    expect([1, 2, 3].map((node) => partition.logOf(node).logEnd)).toEqual([1, 1, 1]);
    partition.pauseReplica(3);
    put('b');
    expect([1, 2, 3].map((node) => partition.logOf(node).logEnd)).toEqual([2, 2, 1]);
    expect(partition.log.highWatermark).toBe(1);
    partition.resumeReplica(3);
    expect([partition.logOf(3).logEnd, partition.log.highWatermark]).toEqual([2, 2]);
  });

  test('leave the in-sync set after replica.lag.time.max.ms, unless they caught up', () => {
    const { partition, put, clock } = start();
    for (const [resumed, isr] of [
      [true, [1, 2, 3]],
      [false, [1, 2]],
    ] as const) {
      partition.pauseReplica(3);
      put('a');
      if (resumed) partition.resumeReplica(3);
      clock.advanceTo(clock.now + 29_999);
      expect(partition.isr).toEqual([1, 2, 3]);
      clock.advanceTo(clock.now + 1);
      expect(partition.isr).toEqual(isr);
    }
    expect(partition.log.highWatermark).toBe(partition.log.logEnd);
  });

  test('the last one stays in sync', () => {
    const { partition } = start();
    for (const node of [1, 2, 3]) partition.leaveIsr(node);
    expect(partition.isr).toEqual([3]);
  });

  test('a high watermark waits while fewer are in sync than min.insync.replicas', () => {
    const { partition, put } = start([1, 2], { 'min.insync.replicas': 2 });
    partition.leaveIsr(2);
    put('a');
    expect([partition.log.logEnd, partition.log.highWatermark]).toEqual([1, 0]);
    partition.joinIsr(2);
    expect(partition.log.highWatermark).toBe(1);
  });

  test('may move to other nodes: those that are new have everything, the old ones are gone', () => {
    const { partition, put } = start([1]);
    put('a');
    partition.reassign([3, 2]);
    expect([partition.leader, partition.isr, [...partition.logs.keys()].sort()]).toEqual([3, [3, 2], [2, 3]]);
    expect(partition.log.logEnd).toBe(1);
    expect(() => partition.logOf(1)).toThrow('node 1 has no replica of t-0');
  });
});

// As Kafka 3.9.1 did.
test.each([
  ['adds a node', [1, 2, 3], [1, 2, 3], 0],
  ['names them in another order', [1, 2], [2, 1], 0],
  ['drops a node', [1, 2, 3], [1, 3], 1],
  ['drops one for another', [1, 2], [1, 3], 1],
  ['drops the leader', [1, 2], [2, 3], 1],
])('a move that %s: from %j to %j is epoch %i', (_what, before, after, epoch) => {
  const { partition } = start(before);
  partition.reassign(after);
  expect([partition.leaderEpoch, partition.leader]).toEqual([epoch, after.includes(1) ? 1 : 2]);
});

describe('deleting records', () => {
  test('up to an offset, or to the high watermark, moves the start on all live replicas', () => {
    const { partition, put, broker } = start();
    for (const value of ['a', 'b', 'c']) put(value);
    expect(partition.deleteRecords(1)).toBe(1);
    expect([1, 2, 3].map((node) => partition.logOf(node).logStart)).toEqual([1, 1, 1]);
    expect(partition.deleteRecords(-1)).toBe(3);
    expect(fetchNow(broker, 't', { offset: 0 }).error).toBe('OFFSET_OUT_OF_RANGE');
  });

  test('the low watermark is that of the live replica which is behind', () => {
    const { partition, put, broker } = start();
    put('a');
    broker.stopNode(3);
    expect(partition.deleteRecords(1)).toBe(1);
    broker.startNode(3);
    expect(partition.lowWatermark).toBe(1);
  });

  test.each([-2, 4])('offset %d of three records is out of range', (offset) => {
    const { partition, put } = start();
    for (const value of ['a', 'b', 'c']) put(value);
    expect(() => partition.deleteRecords(offset)).toThrow(failure('OFFSET_OUT_OF_RANGE'));
  });

  test('is against the policy of a topic that is only compacted', () => {
    const { partition } = start([1], { 'cleanup.policy': 'compact' });
    expect(() => partition.deleteRecords(0)).toThrow(failure('POLICY_VIOLATION'));
  });
});

test.each([
  ['queueMessageCount', 2],
  ['queueBytes', 200],
] as const)('limits.%s is named by who meets it, and nothing is written', (name, value) => {
  const { broker } = kafkaModel({}, { [name]: value });
  broker.createTopic('t');
  const put = () => produceBatch(broker, 't', batchBytes([{ value: 'x'.repeat(20) }]));
  expect([put().error, put().error]).toEqual([undefined, undefined]);
  expect(put()).toMatchObject({
    error: 'KAFKA_STORAGE_ERROR',
    message: expect.stringContaining(`limits.${name} (${value})`),
  });
  expect(broker.partition('t', 0).log.logEnd).toBe(2);
});

test('those who watch are told after the command, once a change, until they stop', () => {
  const { partition, context } = start([1]);
  const seen: number[] = [];
  const stop = partition.watch(() => seen.push(partition.log.logEnd));
  context.outbox.run(() => {
    partition.appendRecord({ key: null, value: Buffer.from('a'), headers: [], timestampMs: 1 });
    partition.appendRecord({ key: null, value: Buffer.from('b'), headers: [], timestampMs: 1 });
    expect(seen).toEqual([]);
  });
  expect(seen).toEqual([2, 2]);
  stop();
  context.outbox.run(() => partition.changed());
  expect(seen).toHaveLength(2);
});

test('prop: K3 what all in-sync replicas had is never lost nor changed, whoever leads', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: 'put' as const, node: 1 }) },
    ...(['pause', 'resume', 'stop', 'start'] as const).map((kind) =>
      fc.record({ kind: fc.constant(kind), node: fc.integer({ min: 1, max: 3 }) }),
    ),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { broker, partition, put } = start();
      const committed: string[] = [];
      let count = 0;
      for (const { kind, node } of steps) {
        if (kind === 'put' && partition.leader !== NO_LEADER) put(`${count++}`);
        else if (kind === 'pause') partition.pauseReplica(node);
        else if (kind === 'resume' && broker.cluster.isAlive(node)) partition.resumeReplica(node);
        else if (kind === 'stop') broker.stopNode(node);
        else if (kind === 'start') broker.startNode(node);
        if (partition.leader === NO_LEADER) continue;
        const read = recordsOf(fetchNow(broker, 't', { nodeId: partition.leader })).map(
          ([, , value]) => value as string,
        );
        expect(read.slice(0, committed.length)).toEqual(committed);
        expect(partition.log.highWatermark).toBe(read.length);
        for (const replica of partition.isr)
          expect(partition.logOf(replica).logEnd).toBeGreaterThanOrEqual(read.length);
        committed.splice(0, Infinity, ...read);
      }
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['LogAppendTime', 0x38],
  ['CreateTime', 0x30],
])('a marker has the attributes of %s', (type, attributes) => {
  const { partition, broker } = start([1], { 'message.timestamp.type': type });
  partition.appendMarker({ producerId: 5, producerEpoch: 0, coordinatorEpoch: 0, commit: true });
  expect(fetchNow(broker, 't').batches.map((batch) => [batch.attributes, batch.isIntact])).toEqual([
    [attributes, true],
  ]);
});
