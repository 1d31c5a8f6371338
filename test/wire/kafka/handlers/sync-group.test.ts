import { describe, expect, it } from 'vitest';
import { syncGroupApi } from '../../../../src/wire/kafka/handlers/sync-group.js';
import { TestMember } from '../../../helpers/kafka-group.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('SyncGroup', () => {
  it.each(offeredVersions(syncGroupApi))('gives the assignment with version %i', (version) => {
    const world = new KafkaWorld();
    const member = new TestMember(world.broker.groups, 'g').join();
    const { memberId, generationId } = member;
    const body = {
      groupId: 'g',
      generationId,
      memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId, assignment: Uint8Array.of(1, 2) }],
    };
    const answer = world.connect().ask(syncGroupApi, version, body);
    expect([answer.errorCode, ...answer.assignment]).toEqual(['NONE', 1, 2]);
    if (version >= 5) expect(answer.protocolName).toBe('range');
    const stale = world.connect().ask(syncGroupApi, version, { ...body, generationId: 9 });
    expect([stale.errorCode, stale.assignment.length]).toEqual(['ILLEGAL_GENERATION', 0]);
  });
});

it('a member that does not say which protocol was chosen is refused with version 5', () => {
  const request = {
    groupId: 'g',
    generationId: 1,
    memberId: 'm',
    groupInstanceId: null,
    protocolType: 'consumer',
    protocolName: null,
    assignments: [],
  };
  const client = new KafkaWorld().connect();
  expect(client.ask(syncGroupApi, 5, request).errorCode).toBe('INCONSISTENT_GROUP_PROTOCOL');
  expect(client.ask(syncGroupApi, 4, request).errorCode).toBe('UNKNOWN_MEMBER_ID');
});
