import { describe, expect, it } from 'vitest';
import { describeGroupsApi } from '../../../../src/wire/kafka/handlers/describe-groups.js';
import { stabilise, TestMember } from '../../../helpers/kafka-group.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('DescribeGroups', () => {
  it.each(offeredVersions(describeGroupsApi))('shows groups, and dead ones, with version %i', (version) => {
    const world = new KafkaWorld();
    stabilise(new TestMember(world.broker.groups, 'g'));
    const body = { groups: ['g', 'none'], includeAuthorizedOperations: true };
    const { groups } = world.connect().ask(describeGroupsApi, version, body);
    expect(groups).toMatchObject([
      { errorCode: 'NONE', groupState: 'Stable', protocolType: 'consumer', protocolData: 'range', members: [{}] },
      { errorCode: 'NONE', groupState: 'Dead', protocolType: '', members: [] },
    ]);
    expect(groups[0]?.members[0]).toMatchObject({ clientId: 'test', clientHost: '/127.0.0.1' });
    if (version >= 3) expect(groups[0]?.authorizedOperations).toBe(328);
  });

  it('shows what members were given last, until a rebalance is given up before they get it', () => {
    const world = new KafkaWorld();
    const a = new TestMember(world.broker.groups, 'g');
    stabilise(a);
    const given = () => {
      const body = { groups: ['g'], includeAuthorizedOperations: false };
      const [group] = world.connect().ask(describeGroupsApi, 5, body).groups;
      return [group?.groupState, (group?.members[0]?.memberAssignment.length ?? 0) > 0];
    };
    a.join();
    expect(given()).toEqual(['CompletingRebalance', true]);
    new TestMember(world.broker.groups, 'g').join();
    expect(given()).toEqual(['PreparingRebalance', false]);
  });
});
