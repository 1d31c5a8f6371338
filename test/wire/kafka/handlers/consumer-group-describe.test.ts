import { describe, expect, it } from 'vitest';
import { consumerGroupDescribeApi } from '../../../../src/wire/kafka/handlers/consumer-group-describe.js';
import { stabilise, TestMember } from '../../../helpers/kafka-group.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('ConsumerGroupDescribe', () => {
  it.each(offeredVersions(consumerGroupDescribeApi))('does not know classic groups with version %i', (version) => {
    const world = new KafkaWorld();
    stabilise(new TestMember(world.broker.groups, 'g'));
    const body = { groupIds: ['g', ''], includeAuthorizedOperations: false };
    const { groups } = world.connect().ask(consumerGroupDescribeApi, version, body);
    expect(groups).toMatchObject([
      { errorCode: 'GROUP_ID_NOT_FOUND', groupId: 'g', members: [] },
      { errorCode: 'GROUP_ID_NOT_FOUND', groupId: '' },
    ]);
  });
});
