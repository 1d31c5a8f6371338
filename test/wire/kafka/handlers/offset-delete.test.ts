import { describe, expect, it } from 'vitest';
import { offsetDeleteApi } from '../../../../src/wire/kafka/handlers/offset-delete.js';
import { commitOf } from '../../../helpers/kafka-group.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('OffsetDelete', () => {
  it('forgets offsets, each with its own result', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const body = { groupId: 'g', topics: [{ name: 't', partitions: [{ partitionIndex: 0 }, { partitionIndex: 4 }] }] };
    const ask = () => world.connect().ask(offsetDeleteApi, 0, body);
    expect(ask()).toMatchObject({ errorCode: 'GROUP_ID_NOT_FOUND', topics: [] });
    const nobody = { memberId: '', instanceId: null, generationId: -1 };
    world.broker.groups.commitOffsets('g', nobody, [commitOf('t', 0, 5)]);
    expect(ask().topics[0]?.partitions.map(({ errorCode }) => errorCode)).toEqual([
      'NONE',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
    expect(world.broker.group('g').committed('t', 0)).toBeUndefined();
  });
});
