import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { snapshotFromBytes, snapshotToBytes } from '../../../src/core/snapshot.js';
import { batchBytes, fetchNow, kafkaModel, produceBatch, recordsOf } from '../../helpers/kafka-model.js';

function three(config: Record<string, number | string | boolean> = {}) {
  const model = kafkaModel({ nodes: 3 });
  model.broker.createTopic('t', { assignments: [[1, 2, 3]], config });
  const partition = model.broker.partition('t', 0);
  const put = (value: string, acks = 1) =>
    produceBatch(model.broker, 't', batchBytes([{ value }]), { nodeId: partition.leader, acks });
  const values = () =>
    model.broker
      .topic('t')
      .records()
      .map((record) => record.text());
  return { ...model, partition, put, values };
}

describe('topics', () => {
  test.each(['', '.', '..', 'a b', 'x'.repeat(250), 'a/b'])('the name %j is refused', (name) => {
    expect(() => kafkaModel().broker.createTopic(name)).toThrow(
      expect.objectContaining({ code: 'INVALID_TOPIC_EXCEPTION' }),
    );
  });

  test('names that differ in dots and underscores collide', () => {
    const { broker } = kafkaModel();
    broker.createTopic('a_b');
    expect(() => broker.createTopic('a.b')).toThrow('collides with existing topic: a_b');
    expect(() => broker.createTopic('a_b')).toThrow('already exists');
  });

  test('counts that cannot be are refused', () => {
    const { broker } = kafkaModel({ nodes: 2 }, { kafkaPartitionCount: 10 });
    const code = (spec: object) => {
      try {
        broker.createTopic('t', spec);
      } catch (error) {
        return (error as { code: string }).code;
      }
      return undefined;
    };
    expect(code({ partitions: 0 })).toBe('INVALID_PARTITIONS');
    expect(code({ partitions: 11 })).toBe('INVALID_PARTITIONS');
    expect(code({ replicationFactor: 3 })).toBe('INVALID_REPLICATION_FACTOR');
    expect(code({ assignments: [[1, 1]] })).toBe('INVALID_REPLICA_ASSIGNMENT');
    expect(code({ assignments: [[1], [1, 2]] })).toBe('INVALID_REPLICA_ASSIGNMENT');
    expect(code({ config: { nonsense: 1 } })).toBe('INVALID_CONFIG');
    expect(code({ config: { 'retention.ms': -2 } })).toBe('INVALID_CONFIG');
  });

  test('leaders rotate over the nodes', () => {
    const { broker } = kafkaModel({ nodes: 3 });
    broker.createTopic('t', { partitions: 3, replicationFactor: 2 });
    expect(broker.topic('t').partitions.map(({ replicas }) => replicas)).toEqual([
      [1, 2],
      [2, 3],
      [3, 1],
    ]);
  });

  test('a topic that is made again has another id and begins at 0', () => {
    const { broker } = kafkaModel();
    broker.produce('t', { value: 'a' });
    const { id } = broker.cluster.topic('t') ?? {};
    broker.cluster.deleteTopic('t');
    broker.createTopic('t');
    expect(broker.cluster.topic('t')?.id).not.toBe(id);
    expect(broker.produce('t', { value: 'b' }).offset).toBe(0);
  });

  test('the coordinator of a group is found by the hash that Java gives it', () => {
    const { broker } = kafkaModel({ nodes: 3 });
    const node = broker.cluster.coordinatorOf('group', 'g1');
    expect(broker.partition('__consumer_offsets', 42).leader).toBe(node);
    expect(broker.cluster.coordinatorOf('group', 'my-group')).toBe(broker.partition('__consumer_offsets', 12).leader);
  });
});

describe('fail-over', () => {
  test('the next in-sync replica leads, in a new epoch; the old leader does not lead when it comes back', () => {
    const { broker, partition, put, values } = three();
    put('a');
    broker.stopNode(1);
    expect(partition).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2, 3], offlineReplicas: [1] });
    put('b');
    broker.startNode(1);
    expect(partition).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2, 3, 1] });
    expect(partition.logOf(1).logEnd).toBe(2);
    expect(values()).toEqual(['a', 'b']);
    expect(partition.log.epochs.entries).toEqual([
      { epoch: 0, startOffset: 0 },
      { epoch: 1, startOffset: 1 },
    ]);
  });

  test('the preferred leader comes back after the interval of rebalancing', () => {
    const { broker, partition, clock } = three();
    broker.stopNode(1);
    broker.startNode(1);
    clock.advanceTo(clock.now + 300_000);
    expect(partition).toMatchObject({ leader: 1, leaderEpoch: 2 });
  });

  test('the last in-sync replica stays in the set; without it nobody leads', () => {
    const { broker, partition, put } = three();
    broker.stopNode(3);
    broker.stopNode(2);
    put('a');
    broker.stopNode(1);
    expect(partition).toMatchObject({ leader: -1, isr: [1] });
    expect(put('b').error).toBe('NOT_LEADER_OR_FOLLOWER');
    broker.startNode(2);
    expect(partition.leader).toBe(-1);
    broker.startNode(1);
    expect(partition).toMatchObject({ leader: 1, isr: [1, 2] });
    expect(recordsOf(fetchNow(broker, 't'))).toHaveLength(1);
  });

  test('an unclean election loses what only the dead replica had, and says where logs part', () => {
    const { broker, partition, put, values } = three({ 'unclean.leader.election.enable': true });
    put('a');
    broker.stopNode(2);
    broker.stopNode(3);
    put('lost');
    broker.stopNode(1);
    broker.startNode(2);
    expect(partition).toMatchObject({ leader: 2, isr: [2] });
    put('b');
    expect(values()).toEqual(['a', 'b']);
    broker.startNode(1);
    expect(partition.logOf(1).logEnd).toBe(2);
    const { epochs, logEnd } = partition.log;
    expect(epochs.endOf(0, logEnd, partition.leaderEpoch)).toEqual({ epoch: 0, endOffset: 1 });
    const behind = fetchNow(broker, 't', { nodeId: 2, offset: 2, lastFetchedEpoch: 0 });
    expect(behind).toMatchObject({ error: undefined, diverging: { epoch: 0, endOffset: 1 }, batches: [] });
  });

  test('a node that is down gets no records, not even into a batch that it had in part', () => {
    const { broker, partition, values } = three({ 'unclean.leader.election.enable': true });
    broker.produce('t', { value: 'a' });
    broker.stopNode(2);
    broker.stopNode(3);
    broker.produce('t', { value: 'lost' });
    expect(partition.logOf(2).logEnd).toBe(1);
    broker.stopNode(1);
    broker.startNode(2);
    broker.produce('t', { value: 'b' });
    expect(values()).toEqual(['a', 'b']);
  });

  test('what a slow follower did not get is lost when only the leader had acknowledged it', () => {
    const { broker, partition, put, values } = three();
    put('a');
    partition.pauseReplica(2);
    put('unreplicated');
    broker.stopNode(3);
    broker.stopNode(1);
    expect(partition.leader).toBe(2);
    expect(values()).toEqual(['a']);
    broker.startNode(1);
    expect(partition.logOf(1).logEnd).toBe(1);
  });

  test('partitions move to other nodes with their records', () => {
    const { broker, partition, put, values } = three();
    put('a');
    broker.cluster.reassign(partition, [3, 2]);
    expect(partition).toMatchObject({ replicas: [3, 2], isr: [2, 3], leader: 3 });
    expect(values()).toEqual(['a']);
  });
});

/** Three nodes that acknowledge what two of them have; `put` produces, `acked` is what was acknowledged. */
function acknowledging() {
  const { broker, partition, values } = three({ 'min.insync.replicas': 2 });
  const acked: string[] = [];
  const put = (value: string) => {
    const request = {
      nodeId: partition.leader,
      acks: -1,
      timeoutMs: 1_000,
      transactionalId: null,
      clientId: '',
      zstdAllowed: true,
      knowsAbortable: false,
      partitions: [{ topic: 't', index: 0, records: batchBytes([{ value }]) }],
    };
    broker.produceService.produce(request, ([result]) => {
      if (!result?.error) acked.push(value);
    });
  };
  return { broker, partition, values, acked, put };
}

test('what a paused replica has of an old leader is no copy of what the new one gets', () => {
  const { broker, partition, values, acked, put } = acknowledging();
  partition.pauseReplica(2);
  put('only on 1 and 3');
  partition.pauseReplica(3);
  broker.stopNode(1);
  put('only on 2');
  broker.stopNode(2);
  for (const node of [1, 2, 3]) broker.startNode(node);
  expect([acked, values()]).toEqual([[], []]);
});

test('prop: K3 what all in-sync replicas acknowledged survives while one of them lives, in order and once', () => {
  const step = fc.record({
    kind: fc.constantFrom('put', 'put', 'put', 'stop', 'start', 'pause'),
    node: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { broker, partition, values, acked, put } = acknowledging();
      let serial = 0;
      for (const { kind, node } of steps) {
        if (kind === 'stop') broker.stopNode(node);
        if (kind === 'start') broker.startNode(node);
        if (kind === 'pause' && partition.isr.length > 2 && node !== partition.leader) partition.pauseReplica(node);
        if (kind !== 'put' || partition.leader < 0) continue;
        put(`${serial++}`);
        const { logStart, lastStable, highWatermark, logEnd } = partition.log;
        expect([logStart, lastStable, highWatermark, logEnd]).toEqual(
          [logStart, lastStable, highWatermark, logEnd].sort((a, b) => a - b),
        );
      }
      for (const node of [1, 2, 3]) broker.startNode(node);
      const stored = values();
      const order = acked.map((value) => stored.indexOf(value));
      expect(order.includes(-1)).toBe(false);
      expect(new Set(stored).size).toBe(stored.length);
    }),
    { numRuns: 1_000 },
  );
});

test('a snapshot goes through bytes, and everything is as it was', () => {
  const { broker, put, values } = three();
  put('a');
  broker.produce('u', [{ key: 'k', value: 'native' }]);
  const models = new Map([['kafka', broker.snapshot()]]);
  const bytes = snapshotToBytes({ format: 1, atMs: 1, random: [], models });
  put('b');
  broker.createTopic('later');
  broker.cluster.deleteTopic('u');
  broker.restore(snapshotFromBytes(bytes).models.get('kafka'));
  expect([...broker.cluster.topics.keys()].sort()).toEqual(['t', 'u']);
  expect(values()).toEqual(['a']);
  expect(
    broker
      .topic('u')
      .records()
      .map((record) => [record.key, record.text()]),
  ).toEqual([['k', 'native']]);
  expect(put('c').baseOffset).toBe(1);
});
