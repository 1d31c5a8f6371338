import { describe, expect, test } from 'vitest';
import { kafkaModel } from '../../helpers/kafka-model.js';

describe('a native producer', () => {
  test('gets the place of each record at once', () => {
    const { broker } = kafkaModel();
    broker.createTopic('orders', { partitions: 3 });
    expect(broker.produce('orders', { key: 'a', value: { id: 1 } })).toEqual({ partition: 1, offset: 0 });
    expect(broker.produce('orders', { key: 'a', value: 'two' })).toEqual({ partition: 1, offset: 1 });
    expect(
      broker
        .topic('orders')
        .records()
        .map((record) => [record.key, record.text()]),
    ).toEqual([
      ['a', '{"id":1}'],
      ['a', 'two'],
    ]);
  });

  test('keeps headers, times, tombstones and bytes that change afterwards', () => {
    const { broker, clock } = kafkaModel();
    const body = Uint8Array.of(1, 2, 3);
    broker.produce('t', { key: 'k', value: body, headers: { h: 'x' }, timestampMs: 7 });
    body.fill(9);
    broker.produce('t', {
      key: 'k',
      headers: [
        ['a', '1'],
        ['a', null],
      ],
    });
    const [first, second] = broker.topic('t').records();
    expect(first).toMatchObject({ key: 'k', timestampMs: 7, offset: 0, topic: 't', partition: 0 });
    expect([...(first?.body ?? [])]).toEqual([1, 2, 3]);
    expect(first?.header('h')).toBe('x');
    expect(second).toMatchObject({ body: null, timestampMs: clock.now });
    expect(second?.headers.map(([name, value]) => [name, value && Buffer.from(value).toString()])).toEqual([
      ['a', '1'],
      ['a', null],
    ]);
  });

  test('writes several records or none of them', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t', { config: { 'max.message.bytes': 200 } });
    expect(() => broker.produce('t', [{ value: 'a' }, { value: 'b'.repeat(300) }])).toThrow(
      /MESSAGE_TOO_LARGE|300|332/,
    );
    expect(broker.topic('t').records()).toEqual([]);
    expect(broker.produce('t', [{ value: 'a' }, { value: 'b' }])).toEqual([
      { partition: 0, offset: 0 },
      { partition: 0, offset: 1 },
    ]);
  });

  test('is refused by a topic that was not made when topics are not made by themselves', () => {
    const { broker } = kafkaModel({ config: { 'auto.create.topics.enable': false } });
    expect(() => broker.produce('t', { value: 'a' })).toThrow("there is no topic 't'; create it first");
  });

  test('needs a key in a compacted topic and a partition that exists', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t', { config: { 'cleanup.policy': 'compact' } });
    expect(() => broker.produce('t', { value: 'a' })).toThrow('give the record a key');
    expect(() => broker.produce('t', { key: 'k', partition: 4 })).toThrow('there is no partition t-4');
  });

  test('is stopped by the limits of a partition, which the error names', () => {
    const { broker } = kafkaModel({}, { queueMessageCount: 2 });
    broker.produce('t', [{ value: 'a' }, { value: 'b' }]);
    expect(() => broker.produce('t', { value: 'c' })).toThrow('limits.queueMessageCount (2) exceeded by partition t-0');
    const small = kafkaModel({}, { queueBytes: 200 }).broker;
    expect(() => small.produce('t', { value: 'x'.repeat(201) })).toThrow('limits.queueBytes (200)');
  });
});

test('explain tells where a record would go, and why, and writes nothing', () => {
  const { broker } = kafkaModel();
  broker.createTopic('t', { partitions: 3 });
  const { partition, reason } = broker.explain('t', { key: 'a' });
  expect([partition, reason]).toEqual([1, 'murmur2 of the key is -1563381124; (-1563381124 & 0x7fffffff) % 3 is 1']);
  expect(broker.explain('t', { value: 'x' }).partition).toBeUndefined();
  expect(broker.explain('t', { partition: 2 }).partition).toBe(2);
  expect(broker.topic('t').records()).toEqual([]);
  expect(() => broker.explain('none', {})).toThrow("there is no topic 'none'");
});
