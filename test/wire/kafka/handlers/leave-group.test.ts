import { describe, expect, it } from 'vitest';
import { leaveGroupApi } from '../../../../src/wire/kafka/handlers/leave-group.js';
import { stabilise, TestMember } from '../../../helpers/kafka-group.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('LeaveGroup', () => {
  it.each(offeredVersions(leaveGroupApi))('lets a member go with version %i, once', (version) => {
    const world = new KafkaWorld();
    const member = new TestMember(world.broker.groups, 'g');
    stabilise(member);
    const { memberId } = member;
    const ask = () => {
      const body = { groupId: 'g', memberId, members: [{ memberId, groupInstanceId: null, reason: null }] };
      const answer = world.connect().ask(leaveGroupApi, version, body);
      return version >= 3 ? [answer.errorCode, answer.members[0]?.errorCode] : [answer.errorCode];
    };
    expect(ask().every((code) => code === 'NONE')).toBe(true);
    expect(ask().at(-1)).toBe('UNKNOWN_MEMBER_ID');
    expect(world.broker.group('g').state).toBe('Empty');
  });

  it('knows nobody of an unknown group, and no group without a name', () => {
    const client = new KafkaWorld().connect();
    const body = { groupId: 'x', memberId: '', members: [{ memberId: 'm', groupInstanceId: null, reason: null }] };
    expect(client.ask(leaveGroupApi, 4, body)).toMatchObject({
      errorCode: 'NONE',
      members: [{ memberId: 'm', errorCode: 'UNKNOWN_MEMBER_ID' }],
    });
    expect(client.ask(leaveGroupApi, 2, body).errorCode).toBe('UNKNOWN_MEMBER_ID');
    expect(client.ask(leaveGroupApi, 4, { ...body, groupId: '' }).errorCode).toBe('INVALID_GROUP_ID');
  });
});
