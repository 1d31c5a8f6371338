import { beforeEach, describe, expect, it } from 'vitest';
import { GroupTable } from '../../../src/models/kafka/group-table.js';
import { OffsetCoordinator } from '../../../src/models/kafka/offset-coordinator.js';
import { codeOf, commitOf } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;
let offsets: OffsetCoordinator;

beforeEach(() => {
  world = new KafkaWorld({ config: { 'offsets.retention.minutes': 60 } });
  world.broker.createTopic('t', { partitions: 1 });
  const { context, cluster } = world.broker;
  offsets = new OffsetCoordinator(context, cluster, new GroupTable(context, cluster));
});

const nobody = { memberId: '', instanceId: null, generationId: -1 };
const t0 = { topic: 't', partition: 0 };
const read = (requireStable = false) => offsets.fetch('g', [t0], { requireStable })[0];

describe('OffsetCoordinator', () => {
  it('keeps what is committed, each place with a result of its own', () => {
    expect(offsets.commit('g', nobody, [commitOf('t', 0, 5, 'm'), commitOf('t', 9, 1)])).toEqual([
      'NONE',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
    expect(read()).toMatchObject({ error: 'NONE', offset: 5, metadata: 'm' });
    expect(codeOf(() => offsets.commit('other', { ...nobody, memberId: 'm', generationId: 1 }, []))).toBe(
      'ILLEGAL_GENERATION',
    );
  });

  it('counts the offsets of a transaction once it is committed, and never when it is aborted', () => {
    offsets.commitPending('g', 7, nobody, [commitOf('t', 0, 5)]);
    expect([read()?.offset, read(true)?.error]).toEqual([-1, 'UNSTABLE_OFFSET_COMMIT']);
    offsets.endTransaction('g', 7, true);
    expect(read(true)).toMatchObject({ error: 'NONE', offset: 5 });
    offsets.commitPending('g', 7, nobody, [commitOf('t', 0, 9)]);
    offsets.endTransaction('g', 7, false);
    expect(read(true)?.offset).toBe(5);
  });

  it('deletes what nobody needs', () => {
    expect(codeOf(() => offsets.delete('g', [t0]))).toBe('GROUP_ID_NOT_FOUND');
    offsets.commit('g', nobody, [commitOf('t', 0, 5)]);
    expect(offsets.delete('g', [t0])).toEqual(['NONE']);
    expect(read()?.offset).toBe(-1);
  });

  it('lets offsets expire, at the latest one check after their retention', () => {
    offsets.commit('g', nobody, [commitOf('t', 0, 5)]);
    world.clock.advanceTo(world.clock.now + 59 * 60_000);
    expect(read()?.offset).toBe(5);
    const checkMs = world.broker.cluster.config.number('offsets.retention.check.interval.ms');
    world.clock.advanceTo(world.clock.now + 60_000 + checkMs);
    expect(read()?.offset).toBe(-1);
    offsets.close();
  });
});
