import { describe, expect, it } from 'vitest';
import { listGroupsApi } from '../../../../src/wire/kafka/handlers/list-groups.js';
import { stabilise, TestMember } from '../../../helpers/kafka-group.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('ListGroups', () => {
  it.each(offeredVersions(listGroupsApi))('lists the groups of the node with version %i', (version) => {
    const world = new KafkaWorld({ nodes: 2 });
    for (const id of ['a', 'b', 'c', 'd']) stabilise(new TestMember(world.broker.groups, id));
    const ask = (node: number, changes = {}) =>
      world.connect(node).ask(listGroupsApi, version, { statesFilter: [], typesFilter: [], ...changes }).groups;
    expect([...ask(1), ...ask(2)].map(({ groupId }) => groupId).sort()).toEqual(['a', 'b', 'c', 'd']);
    if (version < 5) return;
    expect(ask(1)[0]).toMatchObject({ protocolType: 'consumer', groupState: 'Stable', groupType: 'classic' });
    expect(ask(1, { statesFilter: ['EMPTY'] })).toEqual([]);
  });
});
