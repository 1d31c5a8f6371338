import { beforeEach, describe, expect, it } from 'vitest';
import { encodeAssignment } from '../../../src/models/kafka/consumer-protocol.js';
import { protocols, TestMember } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;

beforeEach(() => {
  world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 2 });
});

const kafkajs = () => new TestMember(world.broker.groups, 'g', { protocols: protocols(['RoundRobinAssigner']) });

describe('NativeMember', () => {
  it('leads a group in which kafkajs is', () => {
    const native = world.broker.consumer('g', ['t']);
    const other = kafkajs().join();
    expect(other.joined).toMatchObject({ error: 'NONE', protocolName: 'RoundRobinAssigner', members: [] });
    other.sync();
    expect(other.synced?.assignment.length).toBeGreaterThan(0);
    expect(world.broker.group('g').members.map(({ assignment }) => assignment[0]?.partitions.length)).toEqual([1, 1]);
    expect(native.assignment[0]?.partitions).toHaveLength(1);
  });

  it('follows a leader on the wire', () => {
    const leader = kafkajs().join();
    const native = world.broker.consumer('g', ['t']);
    leader.join();
    const [, second] = leader.joined?.members ?? [];
    leader.sync({ [second?.memberId as string]: encodeAssignment([{ topic: 't', partitions: [1] }]) });
    expect(native.assignment).toEqual([{ topic: 't', partitions: [1] }]);
    expect(second?.memberId).toBe(native.memberId);
  });

  it('joins anew when it was removed', () => {
    const native = world.broker.consumer('g', ['t']);
    const before = native.memberId;
    world.broker.groups.leave('g', [{ memberId: before, instanceId: null }]);
    expect(native.memberId).not.toBe(before);
    expect(native.assignment).toEqual([{ topic: 't', partitions: [0, 1] }]);
  });
});
