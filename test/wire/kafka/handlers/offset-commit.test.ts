import { describe, expect, it } from 'vitest';
import { offsetCommitApi } from '../../../../src/wire/kafka/handlers/offset-commit.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

const body = (changes = {}) => ({
  groupId: 'g',
  generationIdOrMemberEpoch: -1,
  memberId: '',
  groupInstanceId: null,
  topics: [
    {
      name: 't',
      partitions: [0, 7].map((partitionIndex) => ({
        partitionIndex,
        committedOffset: 5,
        committedLeaderEpoch: 2,
        committedMetadata: null,
      })),
    },
  ],
  ...changes,
});

describe('OffsetCommit', () => {
  it.each(offeredVersions(offsetCommitApi))('answers each partition with version %i', (version) => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const answer = world.connect().ask(offsetCommitApi, version, body());
    expect(answer.topics[0]?.partitions.map(({ errorCode }) => errorCode)).toEqual([
      'NONE',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
    expect(world.broker.group('g').committed('t', 0)).toBe(5);
    const refused = world.connect().ask(offsetCommitApi, version, body({ groupId: 'x', generationIdOrMemberEpoch: 1 }));
    const code = version >= 9 ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION';
    expect(refused.topics[0]?.partitions.map(({ errorCode }) => errorCode)).toEqual([
      code,
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
  });
});
