import { expect, test } from 'vitest';
import { LogReader, readRecords } from '../../../src/models/kafka/log-reader.js';
import { batchBytes, fetchNow, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

test('it goes on where it stopped: in a batch that has grown, in a sealed one, behind what was deleted', () => {
  const { broker } = kafkaModel();
  broker.createTopic('t');
  const reader = new LogReader(broker.partition('t', 0), 0, { committed: true, maxBytes: 1_000 });
  const read = () => readRecords(reader).map((record) => record.text());
  expect(read()).toEqual([]);
  broker.produce('t', { value: 'a' });
  expect(read()).toEqual(['a']);
  broker.produce('t', { value: 'b' });
  expect(read()).toEqual(['b']);
  fetchNow(broker, 't');
  broker.produce('t', { value: 'c' });
  produceBatch(broker, 't', batchBytes([{ value: 'd' }, { value: 'e' }]));
  expect(read()).toEqual(['c', 'd', 'e']);
  broker.produce('t', [{ value: 'f' }, { value: 'g' }]);
  broker.partition('t', 0).deleteRecords(6);
  expect(read()).toEqual(['g']);
  reader.seek(0);
  expect([read(), reader.offset, reader.limit]).toEqual([['g'], 7, 7]);
});

test('markers are stepped over', () => {
  const { broker } = kafkaModel();
  broker.produce('t', { value: 'a' });
  broker.partition('t', 0).appendMarker({ producerId: 1, producerEpoch: 0, coordinatorEpoch: 0, commit: true });
  broker.produce('t', { value: 'b' });
  expect(
    broker
      .topic('t')
      .records()
      .map((record) => [record.offset, record.text()]),
  ).toEqual([
    [0, 'a'],
    [2, 'b'],
  ]);
});
