import { describe, expect, test } from 'vitest';
import { snapshotFromBytes, snapshotToBytes } from '../../../src/core/snapshot.js';
import { createBroker } from '../../../src/index.js';
import { batchBytes, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

function moving(target: readonly number[]) {
  const model = kafkaModel({ nodes: 3 });
  model.broker.createTopic('t', { assignments: [[1, 2]] });
  const partition = model.broker.partition('t', 0);
  produceBatch(model.broker, 't', batchBytes([{ value: 'before' }]), { nodeId: 1 });
  const { reassignments } = model.broker;
  model.context.outbox.run(() => reassignments.begin(partition, target));
  return { ...model, partition, reassignments };
}

describe('a partition that moves', () => {
  test('has the old and the new nodes until the new ones have copied everything, and keeps its leader so long', () => {
    const { broker, partition, reassignments, clock } = moving([3, 2]);
    expect(reassignments.list).toEqual([{ partition, target: [3, 2], adding: [3], removing: [1] }]);
    expect(partition).toMatchObject({ replicas: [3, 2, 1], isr: [1, 2], leader: 1 });
    produceBatch(broker, 't', batchBytes([{ value: 'meanwhile' }]), { nodeId: 1 });
    clock.advanceTo(clock.now + 500);
    expect(reassignments.list).toEqual([]);
    expect(partition).toMatchObject({ replicas: [3, 2], isr: [2, 3], leader: 3 });
    expect([...partition.logs.keys()].sort()).toEqual([2, 3]);
    expect(
      broker
        .topic('t')
        .records()
        .map((record) => record.text()),
    ).toEqual(['before', 'meanwhile']);
  });

  test('is there at once when nothing has to be copied', () => {
    const { partition, reassignments } = moving([2]);
    expect(reassignments.list).toEqual([]);
    expect(partition).toMatchObject({ replicas: [2], isr: [2], leader: 2 });
  });

  test('can go elsewhere on its way', () => {
    const { context, partition, reassignments, clock } = moving([3, 2]);
    context.outbox.run(() => reassignments.begin(partition, [1, 3]));
    expect(reassignments.list).toEqual([{ partition, target: [1, 3], adding: [3], removing: [2] }]);
    clock.advanceTo(clock.now + 500);
    expect(partition).toMatchObject({ replicas: [1, 3], isr: [1, 3], leader: 1 });
  });

  test('waits for a node that is down', () => {
    const { broker, partition, reassignments, clock } = moving([3, 2]);
    broker.stopNode(3);
    clock.advanceTo(clock.now + 10_000);
    expect(reassignments.of(partition)).toBeDefined();
    broker.startNode(3);
    clock.advanceTo(clock.now + 500);
    expect(partition).toMatchObject({ replicas: [3, 2], leader: 3 });
  });

  test('is forgotten with its topic', () => {
    const { broker, context, reassignments, clock } = moving([3, 2]);
    context.outbox.run(() => broker.cluster.deleteTopic('t'));
    expect(reassignments.list).toEqual([]);
    clock.advanceTo(clock.now + 500);
  });

  test('goes on after a snapshot', async () => {
    const broker = createBroker({ nodes: 3, clock: 'virtual' });
    broker.kafka.createTopic('t', { assignments: [[1]] });
    const partition = () => broker.kafka.partition('t', 0);
    broker.kafka.reassignments.begin(partition(), [2]);
    const saved = snapshotFromBytes(snapshotToBytes(broker.snapshot()));
    await broker.clock.advance(500);
    expect(partition().replicas).toEqual([2]);
    await broker.restore(saved);
    expect(broker.kafka.reassignments.of(partition())).toMatchObject({ target: [2], adding: [2], removing: [1] });
    await broker.clock.advance(500);
    expect(partition()).toMatchObject({ replicas: [2], isr: [2], leader: 2 });
  });
});
