import { describe, expect, test } from 'vitest';
import { kafkaModel } from '../../helpers/kafka-model.js';

describe('next', () => {
  test('returns what is there, each record once', async () => {
    const { broker } = kafkaModel();
    broker.produce('t', [{ value: 'a' }, { value: 'b' }]);
    expect((await broker.topic('t').next()).text()).toBe('a');
    expect((await broker.topic('t').next()).text()).toBe('b');
  });

  test('waits for a record, and for its topic', async () => {
    const { broker } = kafkaModel();
    const coming = broker.topic('later').next((record) => record.text() === 'b');
    broker.produce('later', { value: 'a' });
    broker.produce('later', { value: 'b' });
    expect((await coming).offset).toBe(1);
    expect((await broker.topic('later').next()).text()).toBe('a');
  });

  test('gives up after its time and says what it saw', async () => {
    const { broker, clock } = kafkaModel();
    broker.produce('t', { value: 'a' });
    const none = broker.topic('t').next((record) => record.text() === 'b', { timeout: 500 });
    clock.advanceTo(clock.now + 500, { liveness: true });
    await expect(none).rejects.toThrow("no such record in topic 't' after 500 ms; 1 others were there");
  });

  test('rejects with what the predicate throws', async () => {
    const { broker } = kafkaModel();
    const failing = broker.topic('t').next((record) => record.json().id === 1);
    broker.produce('t', { value: 'no json' });
    await expect(failing).rejects.toThrow('no JSON');
  });

  test('begins again with a topic that was deleted and made again', async () => {
    const { broker } = kafkaModel();
    broker.produce('t', { value: 'old' });
    await broker.topic('t').next();
    broker.cluster.deleteTopic('t');
    expect(broker.topic('t').exists).toBe(false);
    broker.produce('t', { value: 'new' });
    expect((await broker.topic('t').next()).text()).toBe('new');
  });
});

test('records are read by partition and offset, and the view of a partition shows its offsets', () => {
  const { broker } = kafkaModel();
  const topic = broker.createTopic('t', { partitions: 2 });
  broker.produce('t', [
    { value: 'a', partition: 1 },
    { value: 'b', partition: 0 },
    { value: 'c', partition: 1 },
  ]);
  expect(topic.records().map((record) => record.text())).toEqual(['b', 'a', 'c']);
  expect(topic.records({ partition: 1, from: 1 }).map((record) => record.text())).toEqual(['c']);
  expect(topic.partitions[1]).toMatchObject({
    index: 1,
    leader: 1,
    logStart: 0,
    highWatermark: 2,
    logEnd: 2,
    isr: [1],
  });
});
