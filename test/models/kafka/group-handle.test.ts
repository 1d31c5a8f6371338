import { beforeEach, describe, expect, it } from 'vitest';
import { commitOf } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;

beforeEach(() => {
  world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 2 });
});

const timeOut = () => world.clock.advanceTo(world.clock.now + 5_000, { liveness: true });

describe('GroupHandle', () => {
  it('shows a group that does not exist', () => {
    const group = world.broker.group('g');
    expect([group.state, group.members, group.offsets, group.lag]).toEqual(['Dead', [], [], 0]);
    expect(group.committed('t', 0)).toBeUndefined();
  });

  it('shows members with what they read, and how far they have come', async () => {
    const consumer = world.broker.consumer('g', ['t'], { clientId: 'me', instanceId: 'i' });
    world.broker.produce('t', { value: 'a', partition: 0 });
    world.broker.produce('t', { value: 'b', partition: 0 });
    const group = world.broker.group('g');
    expect(group.members).toEqual([
      {
        memberId: consumer.memberId,
        instanceId: 'i',
        clientId: 'me',
        clientHost: '/127.0.0.1',
        assignment: [{ topic: 't', partitions: [0, 1] }],
      },
    ]);
    expect(group.lag).toBe(2);
    (await consumer.next()).value?.commit();
    expect(group.offsets).toEqual([
      { topic: 't', partition: 0, committed: 1, metadata: '', lag: 1 },
      { topic: 't', partition: 1, committed: undefined, metadata: '', lag: 0 },
    ]);
  });

  it('waits until everything is read and committed', async () => {
    const consumer = world.broker.consumer('g', ['t']);
    for (let i = 0; i < 3; i++) world.broker.produce('t', { value: 'x', partition: i % 2 });
    let done = false;
    const waiting = world.broker
      .group('g')
      .caughtUp()
      .then(() => {
        done = true;
      });
    for (let i = 0; i < 3; i++) {
      expect(done).toBe(false);
      (await consumer.next()).value?.commit();
    }
    await waiting;
  });

  it('says what is left when it waits too long', async () => {
    world.broker.produce('t', { value: 'x', partition: 1 });
    world.broker.consumer('g', ['t']);
    const late = world.broker.group('g').caughtUp();
    const none = world.broker.group('none').caughtUp();
    timeOut();
    await expect(late).rejects.toThrow("group 'g' is not caught up: 1 left in t-1, after 5000 ms");
    await expect(none).rejects.toThrow('it is Dead and has no partitions');
  });

  it('waits until the group is stable with so many members', async () => {
    const group = world.broker.group('g');
    const waiting = group.stable({ members: 2 });
    world.broker.consumer('g', ['t']);
    world.broker.consumer('g', ['t']);
    await waiting;
    await group.stable();
    const three = group.stable({ members: 3, timeout: 5_000 });
    timeOut();
    await expect(three).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: "group 'g' is not stable with 3 members: Stable with 2, after 5000 ms",
    });
  });

  it('does not count markers as something that is left', () => {
    const { transactions, groups } = world.broker;
    const producer = transactions.initProducerId('x', 60_000);
    transactions.addPartitions('x', producer, [{ topic: 't', partition: 0 }]);
    transactions.endTransaction('x', producer, true);
    groups.commitOffsets('g', { memberId: '', instanceId: null, generationId: -1 }, [commitOf('t', 0, 0)]);
    expect(world.broker.topic('t').partitions[0]?.highWatermark).toBe(1);
    expect(world.broker.group('g').lag).toBe(0);
  });
});
