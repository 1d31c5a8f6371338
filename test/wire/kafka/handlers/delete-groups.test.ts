import { describe, expect, it } from 'vitest';
import { deleteGroupsApi } from '../../../../src/wire/kafka/handlers/delete-groups.js';
import { stabilise, TestMember } from '../../../helpers/kafka-group.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('DeleteGroups', () => {
  it.each(offeredVersions(deleteGroupsApi))('deletes what has no members with version %i', (version) => {
    const world = new KafkaWorld();
    const member = new TestMember(world.broker.groups, 'g');
    stabilise(member);
    const ask = () =>
      world
        .connect()
        .ask(deleteGroupsApi, version, { groupsNames: ['g', 'none', 'g'] })
        .results.map(({ errorCode }) => errorCode);
    expect(ask()).toEqual(['NON_EMPTY_GROUP', 'GROUP_ID_NOT_FOUND']);
    member.leave();
    expect(ask()).toEqual(['NONE', 'GROUP_ID_NOT_FOUND']);
  });
});
