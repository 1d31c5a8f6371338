import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchBytes, fetchNow, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

const failure = (code: string) => expect.objectContaining({ code });

describe('a topic that does not exist', () => {
  test('is made by the first record, unless the broker says no', () => {
    expect(kafkaModel().broker.produce('t', { value: 'a' })).toEqual({ partition: 0, offset: 0 });
    const { broker } = kafkaModel({ config: { 'auto.create.topics.enable': false } });
    expect(() => broker.produce('t', { value: 'a' })).toThrow(failure('UNKNOWN_TOPIC_OR_PARTITION'));
    expect(broker.topic('t').exists).toBe(false);
  });

  test('is no place that can be explained or asked for', () => {
    const { broker } = kafkaModel();
    expect(() => broker.explain('t', { value: 'a' })).toThrow("there is no topic 't'");
    expect(() => broker.partition('t', 0)).toThrow(failure('UNKNOWN_TOPIC_OR_PARTITION'));
  });

  test.each([
    ['good', true, undefined, 'UNKNOWN_TOPIC_OR_PARTITION', true],
    ['good', true, 'immediate', 'UNKNOWN_TOPIC_OR_PARTITION', true],
    ['good', false, undefined, 'UNKNOWN_TOPIC_OR_PARTITION', false],
    ['b a d', true, undefined, 'INVALID_TOPIC_EXCEPTION', false],
  ] as const)('%j, asked for with leave %j and autoCreate %j, answers %s', (name, allowed, autoCreate, error, made) => {
    const { broker } = kafkaModel(autoCreate ? { autoCreate } : {});
    const answer = broker.autoCreateTopic(name, allowed);
    expect([answer.error, answer.created?.name, broker.topic(name).exists]).toEqual([
      error,
      autoCreate === 'immediate' ? name : undefined,
      made,
    ]);
  });
});

test('a handle is the same for the same name', () => {
  const { broker } = kafkaModel();
  expect(broker.createTopic('t')).toBe(broker.topic('t'));
  expect(broker.topic('__proto__')).not.toBe(broker.topic('constructor'));
});

test('several records are taken all or none', () => {
  const { broker } = kafkaModel();
  broker.createTopic('t', { config: { 'max.message.bytes': 200 } });
  const inputs = [{ value: 'a' }, { value: 'x'.repeat(300) }];
  expect(() => broker.produce('t', inputs)).toThrow(failure('MESSAGE_TOO_LARGE'));
  expect(broker.topic('t').records()).toEqual([]);
  expect(broker.produce('t', [{ value: 'a' }, { value: 'b' }])).toEqual([
    { partition: 0, offset: 0 },
    { partition: 0, offset: 1 },
  ]);
});

test('an offset is told by the leader alone, in its own epoch', () => {
  const { broker } = kafkaModel({ nodes: 2 });
  broker.createTopic('t', { assignments: [[2, 1]] });
  produceBatch(broker, 't', batchBytes([{ value: 'a', timestampMs: 5 }]), { nodeId: 2 });
  const asked = { nodeId: 2, topic: 't', partition: 0, leaderEpoch: -1, timestampMs: -1, committed: false };
  expect(broker.listOffset(asked).offset).toBe(1);
  expect(broker.listOffset({ ...asked, timestampMs: 4 })).toMatchObject({ offset: 0, timestampMs: 5 });
  expect(() => broker.listOffset({ ...asked, nodeId: 1 })).toThrow(failure('NOT_LEADER_OR_FOLLOWER'));
  expect(() => broker.listOffset({ ...asked, leaderEpoch: 1 })).toThrow(failure('UNKNOWN_LEADER_EPOCH'));
  expect(() => broker.listOffset({ ...asked, partition: 1 })).toThrow(failure('UNKNOWN_TOPIC_OR_PARTITION'));
});

test('a node keeps its fetch sessions until the broker restarts', () => {
  const { broker } = kafkaModel({ nodes: 2 });
  const before = broker.fetchSessions(1);
  expect(broker.fetchSessions(1)).toBe(before);
  expect(broker.fetchSessions(2)).not.toBe(before);
  broker.restart();
  expect(broker.fetchSessions(1)).not.toBe(before);
});

test('a reset leaves nothing: no topic, no setting, no timer', () => {
  const { broker, clock } = kafkaModel();
  broker.createTopic('t');
  broker.configAdmin.edit({ type: 4, name: '1' }, [{ name: 'log.retention.ms', operation: 0, value: '9' }], false, 1);
  broker.produce('t', { value: 'a' });
  broker.reset();
  expect([...broker.cluster.topics.keys()]).toEqual([]);
  expect(broker.configAdmin.snapshot()).toEqual(new Map());
  expect([broker.busy(), clock.nextDataTimerMs]).toEqual([[], undefined]);
});

test('prop: a snapshot brings back what can be read, whatever happened since', () => {
  const step = fc.record({ topic: fc.constantFrom('a', 'b'), value: fc.string({ maxLength: 5 }) });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 8 }),
      fc.array(step, { maxLength: 8 }),
      fc.boolean(),
      (before, after, reset) => {
        const { broker } = kafkaModel({ nodes: 2 });
        const read = () =>
          [...broker.cluster.topics.keys()].sort().map((name) => [
            name,
            broker
              .topic(name)
              .records()
              .map((record) => [record.offset, record.text()]),
          ]);
        for (const { topic, value } of before) broker.produce(topic, { value });
        const [state, seen] = [broker.snapshot(), read()];
        if (reset) broker.reset();
        for (const { topic, value } of after) broker.produce(topic, { value });
        broker.restore(state);
        expect(read()).toEqual(seen);
        for (const { topic, value } of after) broker.produce(topic, { value });
        broker.restore(state);
        expect(read()).toEqual(seen);
      },
    ),
    { numRuns: 100 },
  );
});

test('a node that goes hands its partitions on, and gets back what it missed', () => {
  const { broker } = kafkaModel({ nodes: 2 });
  broker.createTopic('t', { assignments: [[1, 2]] });
  produceBatch(broker, 't', batchBytes([{ value: 'a' }]));
  broker.stopNode(1);
  const partition = broker.partition('t', 0);
  expect([partition.leader, partition.isr]).toEqual([2, [2]]);
  expect(() => broker.leaderPartition('t', 0, 1)).toThrow(failure('NOT_LEADER_OR_FOLLOWER'));
  produceBatch(broker, 't', batchBytes([{ value: 'b' }]), { nodeId: 2 });
  broker.startNode(1);
  expect(partition.isr).toEqual([2, 1]);
  expect(partition.logOf(1).logEnd).toBe(2);
  expect(fetchNow(broker, 't', { nodeId: 2 }).batches).toHaveLength(2);
});
