import { expect, test } from 'vitest';
import { listOffsetsApi } from '../../../../src/wire/kafka/handlers/list-offsets.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('ListOffsets: special instants by version, and a partition that is asked for twice', () => {
  const world = new KafkaWorld();
  world.broker.produce('t', { value: 'a' });
  const ask = (version: number, timestamps: number[]) =>
    world
      .connect()
      .ask(listOffsetsApi, version, {
        replicaId: -1,
        isolationLevel: 0,
        timeoutMs: 1,
        topics: [
          {
            name: 't',
            partitions: timestamps.map((timestamp, at) => ({
              partitionIndex: timestamps.length > 1 ? 0 : at,
              timestamp,
            })),
          },
        ],
      })
      .topics[0]?.partitions.map(({ errorCode, offset }) => [errorCode, offset]);
  expect(ask(7, [-3])).toEqual([['NONE', 0]]);
  expect(ask(6, [-3])).toEqual([['UNSUPPORTED_VERSION', -1]]);
  expect(ask(5, [-1, -2])).toEqual([
    ['INVALID_REQUEST', -1],
    ['INVALID_REQUEST', -1],
  ]);
  const entry = { name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] };
  const apart = { replicaId: -1, isolationLevel: 0, timeoutMs: 1, topics: [entry, entry] };
  const answer = world.connect().ask(listOffsetsApi, 7, apart);
  expect(answer.topics.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([
    'INVALID_REQUEST',
    'INVALID_REQUEST',
  ]);
});
