import { expect, test } from 'vitest';
import { describeLogDirsApi } from '../../../../src/wire/kafka/handlers/describe-log-dirs.js';
import { produceApi } from '../../../../src/wire/kafka/handlers/produce.js';
import { batchBytes } from '../../../helpers/kafka-model.js';
import { produceRequest } from '../../../helpers/kafka-request.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('a directory holds the bytes of its partitions', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const client = world.connect();
  const records = batchBytes([{ value: 'v' }]);
  client.ask(produceApi, 7, produceRequest('t', -1, records));
  const dirs = client.ask(describeLogDirsApi, 4, { topics: null });
  expect(dirs.results[0]?.topics[0]?.partitions[0]).toMatchObject({ partitionSize: records.length, offsetLag: 0 });
  const asked = client.ask(describeLogDirsApi, 4, { topics: [{ topic: 'other', partitions: [0] }] });
  expect(asked.results[0]?.topics).toEqual([]);
});
