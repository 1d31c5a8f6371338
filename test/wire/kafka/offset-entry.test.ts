import { expect, it, vi } from 'vitest';
import { KafkaError, type OffsetCommit } from '../../../src/models/kafka/index.js';
import type { Call } from '../../../src/wire/kafka/call.js';
import type { ErrorName } from '../../../src/wire/kafka/error-code.js';
import { commitOffsets, failedCommit } from '../../../src/wire/kafka/offset-entry.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

const partition = (partitionIndex: number) => ({
  partitionIndex,
  committedOffset: partitionIndex * 10,
  committedLeaderEpoch: -1,
  committedMetadata: null,
});
const topics = [
  { name: 'a', partitions: [partition(0), partition(9), partition(1)] },
  { name: 'secret', partitions: [partition(0)] },
  { name: 'a', partitions: [partition(2)] },
];

function callOf(): Call<any> {
  const { broker } = new KafkaWorld();
  for (const name of ['a', 'secret']) broker.createTopic(name, { partitions: 3 });
  return { broker, authorize: (_operation: string, _kind: string, name: string) => name !== 'secret' } as never;
}

const errorsOf = (answer: ReturnType<typeof failedCommit>) =>
  answer.map(({ name, partitions }) => [
    name,
    ...partitions.map(({ partitionIndex, errorCode }) => `${partitionIndex} ${errorCode}`),
  ]);

it('commits what the client may and can, and answers each topic once', () => {
  const commit = vi.fn((known: readonly OffsetCommit[]): ErrorName[] =>
    known.map(({ partition: at }) => (at === 1 ? 'OFFSET_METADATA_TOO_LARGE' : 'NONE')),
  );
  expect(errorsOf(commitOffsets(topics, callOf(), commit))).toEqual([
    ['a', '0 NONE', '9 UNKNOWN_TOPIC_OR_PARTITION', '1 OFFSET_METADATA_TOO_LARGE', '2 NONE'],
    ['secret', '0 TOPIC_AUTHORIZATION_FAILED'],
  ]);
  expect(commit.mock.calls[0]?.[0]?.map(({ topic, offset }) => [topic, offset])).toEqual([
    ['a', 0],
    ['a', 10],
    ['a', 20],
  ]);
});

it('tells what a group refuses to the partitions that there are', () => {
  const refuse = () => {
    throw new KafkaError('ILLEGAL_GENERATION', 'too old');
  };
  expect(errorsOf(commitOffsets(topics, callOf(), refuse))).toEqual([
    ['a', '0 ILLEGAL_GENERATION', '9 UNKNOWN_TOPIC_OR_PARTITION', '1 ILLEGAL_GENERATION', '2 ILLEGAL_GENERATION'],
    ['secret', '0 TOPIC_AUTHORIZATION_FAILED'],
  ]);
});

it('does not ask a group for partitions that are not there', () => {
  const commit = vi.fn(() => []);
  expect(errorsOf(commitOffsets([{ name: 'none', partitions: [partition(0)] }], callOf(), commit))).toEqual([
    ['none', '0 UNKNOWN_TOPIC_OR_PARTITION'],
  ]);
  expect(commit).not.toHaveBeenCalled();
});

it('gives one error to everything', () => {
  expect(errorsOf(failedCommit(topics, 'NOT_COORDINATOR'))[1]).toEqual(['secret', '0 NOT_COORDINATOR']);
});
