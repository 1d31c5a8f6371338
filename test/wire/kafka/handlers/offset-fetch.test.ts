import { describe, expect, it } from 'vitest';
import { offsetFetchApi } from '../../../../src/wire/kafka/handlers/offset-fetch.js';
import { commitOf } from '../../../helpers/kafka-group.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

const nobody = { memberId: '', instanceId: null, generationId: -1 };
const topics = [{ name: 't', partitionIndexes: [0, 1] }];

function worldWithOffset(): KafkaWorld {
  const world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 2 });
  world.broker.groups.commitOffsets('g', nobody, [commitOf('t', 0, 5, 'note')]);
  return world;
}

describe('OffsetFetch', () => {
  it.each(offeredVersions(offsetFetchApi))('gives committed offsets, and -1, with version %i', (version) => {
    const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics };
    const body = { groupId: 'g', topics, groups: [group], requireStable: true };
    const answer = worldWithOffset().connect().ask(offsetFetchApi, version, body);
    const found = version >= 8 ? answer.groups[0]?.topics : answer.topics;
    expect(found?.[0]?.partitions).toMatchObject([
      { partitionIndex: 0, committedOffset: 5, metadata: 'note', errorCode: 'NONE' },
      { partitionIndex: 1, committedOffset: -1, metadata: '', errorCode: 'NONE' },
    ]);
  });

  it('gives everything when no topics are named', () => {
    const client = worldWithOffset().connect();
    const old = client.ask(offsetFetchApi, 5, { groupId: 'g', topics: null, requireStable: false });
    expect(old.topics).toMatchObject([{ name: 't', partitions: [{ committedOffset: 5 }] }]);
    const none = client.ask(offsetFetchApi, 5, { groupId: 'x', topics: null, requireStable: false });
    expect(none).toMatchObject({ errorCode: 'NONE', topics: [] });
  });

  it('answers a topic as often as it is asked for', () => {
    const twice = [topics[0], topics[0]].map((topic) => ({ name: topic?.name ?? '', partitionIndexes: [0] }));
    const answer = worldWithOffset()
      .connect()
      .ask(offsetFetchApi, 7, { groupId: 'g', topics: twice, requireStable: false });
    expect(answer.topics.map(({ partitions }) => partitions.length)).toEqual([1, 1]);
  });

  it('has no topics where it fails, not even in version 1, which has no other place for the error', () => {
    const world = new KafkaWorld({ nodes: 2 });
    const client = world.connect(world.broker.cluster.coordinatorOf('group', 'g') === 1 ? 2 : 1);
    const ask = (version: number) =>
      client.ask(offsetFetchApi, version, { groupId: 'g', topics, requireStable: false });
    expect([ask(1), ask(2), ask(7)]).toMatchObject([
      { topics: [] },
      { topics: [], errorCode: 'NOT_COORDINATOR' },
      { topics: [], errorCode: 'NOT_COORDINATOR' },
    ]);
  });

  it('answers each group by itself', () => {
    const groups = ['g', ''].map((groupId) => ({ groupId, memberId: null, memberEpoch: -1, topics }));
    const answer = worldWithOffset()
      .connect()
      .ask(offsetFetchApi, 8, { groupId: '', topics: [], groups, requireStable: false });
    expect(answer.groups.map(({ errorCode }) => errorCode)).toEqual(['NONE', 'NONE']);
    const old = worldWithOffset().connect().ask(offsetFetchApi, 1, { groupId: '', topics, requireStable: false });
    expect(old.topics[0]?.partitions[0]).toMatchObject({ errorCode: 'NONE', committedOffset: -1 });
  });
});
