import { describe, expect, it } from 'vitest';
import { heartbeatApi } from '../../../../src/wire/kafka/handlers/heartbeat.js';
import { stabilise, TestMember } from '../../../helpers/kafka-group.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('Heartbeat', () => {
  it.each(offeredVersions(heartbeatApi))('is answered with version %i', (version) => {
    const world = new KafkaWorld();
    const member = new TestMember(world.broker.groups, 'g');
    stabilise(member);
    const { memberId, generationId } = member;
    const ask = (changes = {}) =>
      world
        .connect()
        .ask(heartbeatApi, version, { groupId: 'g', memberId, generationId, groupInstanceId: null, ...changes })
        .errorCode;
    expect([ask(), ask({ generationId: 7 }), ask({ memberId: 'x' }), ask({ groupId: 'x' })]).toEqual([
      'NONE',
      'ILLEGAL_GENERATION',
      'UNKNOWN_MEMBER_ID',
      'UNKNOWN_MEMBER_ID',
    ]);
  });
});
