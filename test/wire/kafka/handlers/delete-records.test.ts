import { expect, test } from 'vitest';
import { deleteRecordsApi } from '../../../../src/wire/kafka/handlers/delete-records.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('DeleteRecords gives the low watermark', () => {
  const world = new KafkaWorld();
  world.broker.produce('t', [{ value: 'a' }, { value: 'b' }]);
  const ask = (offset: number) =>
    world
      .connect()
      .ask(deleteRecordsApi, 2, { topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset }] }], timeoutMs: 1 })
      .topics[0]?.partitions[0];
  expect(ask(1)).toMatchObject({ lowWatermark: 1, errorCode: 'NONE' });
  expect(ask(3)).toMatchObject({ lowWatermark: -1, errorCode: 'OFFSET_OUT_OF_RANGE' });
});
