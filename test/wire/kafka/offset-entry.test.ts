import { expect, it } from 'vitest';
import { commitResults, flatCommits } from '../../../src/wire/kafka/offset-entry.js';

const partition = (partitionIndex: number) => ({
  partitionIndex,
  committedOffset: partitionIndex * 10,
  committedLeaderEpoch: -1,
  committedMetadata: null,
});
const topics = [
  { name: 'a', partitions: [partition(0), partition(1)] },
  { name: 'b', partitions: [partition(2)] },
];

it('turns offsets by topic into a list, and results back, in the same order', () => {
  expect(flatCommits(topics).map(({ topic, partition: at, offset }) => [topic, at, offset])).toEqual([
    ['a', 0, 0],
    ['a', 1, 10],
    ['b', 2, 20],
  ]);
  const errors = ['NONE', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'] as const;
  expect(commitResults(topics, (at) => errors[at] ?? 'NONE')).toEqual([
    {
      name: 'a',
      partitions: [
        { partitionIndex: 0, errorCode: 'NONE' },
        { partitionIndex: 1, errorCode: 'ILLEGAL_GENERATION' },
      ],
    },
    { name: 'b', partitions: [{ partitionIndex: 2, errorCode: 'UNKNOWN_MEMBER_ID' }] },
  ]);
});
