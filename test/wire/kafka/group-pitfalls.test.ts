/** What other servers of this protocol get wrong, over the wire: groups, transactions' offsets and moving leaders. */
import { beforeEach, describe, expect, it } from 'vitest';
import { alterConfigsApi } from '../../../src/wire/kafka/handlers/alter-configs.js';
import { consumerGroupHeartbeatApi } from '../../../src/wire/kafka/handlers/consumer-group-heartbeat.js';
import { deleteGroupsApi } from '../../../src/wire/kafka/handlers/delete-groups.js';
import { fetchApi } from '../../../src/wire/kafka/handlers/fetch.js';
import { findCoordinatorApi } from '../../../src/wire/kafka/handlers/find-coordinator.js';
import { heartbeatApi } from '../../../src/wire/kafka/handlers/heartbeat.js';
import { incrementalAlterConfigsApi } from '../../../src/wire/kafka/handlers/incremental-alter-configs.js';
import { joinGroupApi } from '../../../src/wire/kafka/handlers/join-group.js';
import { leaveGroupApi } from '../../../src/wire/kafka/handlers/leave-group.js';
import { offsetCommitApi } from '../../../src/wire/kafka/handlers/offset-commit.js';
import { offsetFetchApi } from '../../../src/wire/kafka/handlers/offset-fetch.js';
import { offsetForLeaderEpochApi } from '../../../src/wire/kafka/handlers/offset-for-leader-epoch.js';
import { produceApi } from '../../../src/wire/kafka/handlers/produce.js';
import { syncGroupApi } from '../../../src/wire/kafka/handlers/sync-group.js';
import { fetch, readRequest } from '../../helpers/kafka-ask.js';
import { protocols } from '../../helpers/kafka-group.js';
import { batchBytes } from '../../helpers/kafka-model.js';
import { KafkaWorld, type WireClient } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;

beforeEach(() => {
  world = new KafkaWorld();
  world.broker.createTopic('t');
});

const pass = (ms: number) => world.clock.advanceTo(world.clock.now + ms, { liveness: true });

interface JoinChanges {
  readonly memberId?: string;
  readonly groupInstanceId?: string;
  readonly names?: readonly string[];
}

function joinRequest({ memberId = '', groupInstanceId, names = ['range'] }: JoinChanges = {}) {
  return {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 30_000,
    memberId,
    groupInstanceId: groupInstanceId ?? null,
    protocolType: 'consumer',
    protocols: protocols(names),
    reason: null,
  };
}

const join = (client: WireClient, changes: JoinChanges = {}, version = 5) =>
  client.ask(joinGroupApi, version, joinRequest(changes));

interface Identity {
  readonly memberId: string;
  readonly generationId: number;
}

const who = ({ memberId, generationId }: Identity, groupInstanceId: string | null = null) => ({
  groupId: 'g',
  memberId,
  generationId,
  groupInstanceId,
});

const beat = (client: WireClient, identity: Identity, instance: string | null = null) =>
  client.ask(heartbeatApi, 3, who(identity, instance)).errorCode;

function syncRequest({ memberId, generationId }: Identity, generation = generationId, instance: string | null = null) {
  const assignments = [{ memberId, assignment: Buffer.from('share') }];
  const identity = who({ memberId, generationId: generation }, instance);
  return { ...identity, protocolType: null, protocolName: null, assignments };
}

const sync = (client: WireClient, identity: Identity, instance: string | null = null) =>
  client.ask(syncGroupApi, 3, syncRequest(identity, identity.generationId, instance));

function commit(client: WireClient, { memberId, generationId }: Identity, committedOffset = 1) {
  const partition = { partitionIndex: 0, committedOffset, committedLeaderEpoch: -1, committedMetadata: null };
  const identity = { groupId: 'g', memberId, generationIdOrMemberEpoch: generationId, groupInstanceId: null };
  return client.ask(offsetCommitApi, 7, { ...identity, topics: [{ name: 't', partitions: [partition] }] }).topics[0]!
    .partitions[0]!.errorCode;
}

function committed(client: WireClient, groupId = 'g') {
  const topics = [{ name: 't', partitionIndexes: [0] }];
  return client.ask(offsetFetchApi, 5, { groupId, topics, requireStable: false }).topics[0]!.partitions[0]!;
}

/** A stable group of one member. */
function stable(client: WireClient): Identity {
  const joined = join(client, {}, 3);
  sync(client, joined);
  return joined;
}

describe('groups', () => {
  it('40: JoinGroup 5 hands out an id first, version 3 lets in at once', () => {
    const first = join(world.connect());
    expect(first.errorCode).toBe('MEMBER_ID_REQUIRED');
    expect(first.memberId).not.toBe('');
    world.broker.groups.deleteGroup('g');
    expect(join(world.connect(), {}, 3)).toMatchObject({ errorCode: 'NONE', generationId: 1 });
  });

  it('42, 44: a second member makes the first rebalance; both get the next generation, the leader the members', () => {
    const [a, b] = [world.connect(), world.connect()];
    const first = stable(a);
    b.send(joinGroupApi, 3, joinRequest());
    expect(b.answer(joinGroupApi, 3)).toBeUndefined();
    expect(beat(a, first)).toBe('REBALANCE_IN_PROGRESS');
    const again = join(a, { memberId: first.memberId }, 3);
    const second = b.answer(joinGroupApi, 3);
    expect([again.generationId, second?.generationId]).toEqual([2, 2]);
    expect([again.members.length, second?.members.length]).toEqual([2, 0]);
  });

  it('41: an id that was handed out blocks the others until its session would have ended', () => {
    const [a, b] = [world.connect(), world.connect()];
    const first = stable(a);
    join(b);
    a.send(joinGroupApi, 3, joinRequest({ memberId: first.memberId }));
    expect(a.answer(joinGroupApi, 3)).toBeUndefined();
    pass(10_000);
    expect(a.answer(joinGroupApi, 3)).toMatchObject({ errorCode: 'NONE', generationId: 2 });
  });

  it('43: a member that joins again with the same metadata gets its generation back, unless it is the leader', () => {
    const [a, b] = [world.connect(), world.connect()];
    const first = stable(a);
    b.send(joinGroupApi, 3, joinRequest());
    const leader = join(a, { memberId: first.memberId }, 3);
    const follower = b.answer(joinGroupApi, 3)!;
    b.send(syncGroupApi, 3, syncRequest(follower));
    sync(a, leader);
    expect(b.answer(syncGroupApi, 3)?.errorCode).toBe('NONE');
    expect(join(b, { memberId: follower.memberId }, 3)).toMatchObject({
      errorCode: 'NONE',
      generationId: 2,
      members: [],
    });
    expect([beat(a, leader), beat(b, follower)]).toEqual(['NONE', 'NONE']);
    a.send(joinGroupApi, 3, joinRequest({ memberId: leader.memberId }));
    expect(a.answer(joinGroupApi, 3)).toBeUndefined();
    expect(beat(b, follower)).toBe('REBALANCE_IN_PROGRESS');
    expect(join(b, { memberId: follower.memberId }, 3).generationId).toBe(3);
    expect(a.answer(joinGroupApi, 3)?.generationId).toBe(3);
    // Other metadata of a follower is news.
    b.send(syncGroupApi, 3, syncRequest(follower, 3));
    sync(a, { ...leader, generationId: 3 });
    b.answer(syncGroupApi, 3);
    b.send(joinGroupApi, 3, joinRequest({ memberId: follower.memberId, names: ['range', 'other'] }));
    expect(b.answer(joinGroupApi, 3)).toBeUndefined();
  });

  it('45: a static member that restarts gets its place without a rebalance, and fences the old id', () => {
    const [a, b] = [world.connect(), world.connect()];
    const first = join(a, { groupInstanceId: 'i' });
    sync(a, first, 'i');
    const again = join(b, { groupInstanceId: 'i' });
    expect([again.errorCode, again.generationId]).toEqual(['NONE', first.generationId]);
    expect(again.memberId).not.toBe(first.memberId);
    expect(Buffer.from(sync(b, again, 'i').assignment).toString()).toBe('share');
    expect(beat(a, first, 'i')).toBe('FENCED_INSTANCE_ID');
  });

  it('46: commits of nobody are refused by a live group, those of members before their assignment too', () => {
    const client = world.connect();
    const joined = join(client, {}, 3);
    expect(commit(client, joined)).toBe('REBALANCE_IN_PROGRESS');
    sync(client, joined);
    expect(commit(client, { memberId: '', generationId: -1 })).toBe('UNKNOWN_MEMBER_ID');
    world.connect().send(joinGroupApi, 3, joinRequest());
    expect(world.broker.groups.classic('g')?.state).toBe('PreparingRebalance');
    expect(commit(client, joined)).toBe('NONE');
  });

  it('47: an unknown group has committed nothing, which is no error', () => {
    expect(committed(world.connect(), 'unknown')).toMatchObject({ errorCode: 'NONE', committedOffset: -1 });
  });

  it('48: offsets outlive the last member; a group is deleted once it is empty, and only once', () => {
    const client = world.connect();
    const member = stable(client);
    commit(client, member, 7);
    const remove = () => client.ask(deleteGroupsApi, 1, { groupsNames: ['g'] }).results[0]?.errorCode;
    expect(remove()).toBe('NON_EMPTY_GROUP');
    const members = [{ memberId: member.memberId, groupInstanceId: null, reason: null }];
    client.ask(leaveGroupApi, 3, { groupId: 'g', memberId: '', members });
    expect([world.broker.groups.group('g')?.state, committed(client).committedOffset]).toEqual(['Empty', 7]);
    expect([remove(), remove()]).toEqual(['NONE', 'GROUP_ID_NOT_FOUND']);
  });

  it('49: a connection that ends takes no member with it before the session timeout', () => {
    const client = world.connect();
    stable(client);
    client.close();
    pass(9_999);
    expect(world.broker.groups.group('g')?.members.size).toBe(1);
    pass(1);
    expect(world.broker.groups.group('g')?.members.size).toBe(0);
  });

  it('50: a member that shares no protocol with the others is refused', () => {
    stable(world.connect());
    expect(join(world.connect(), { names: ['own'] }, 3).errorCode).toBe('INCONSISTENT_GROUP_PROTOCOL');
  });
});

describe('groups with epochs', () => {
  const heartbeat = (
    client: WireClient,
    memberId: string,
    memberEpoch: number,
    held: readonly number[] | null = null,
  ) => {
    const joins = memberEpoch === 0;
    const topicId = world.broker.cluster.topic('t')!.id;
    const none = joins ? [] : null;
    return client.ask(consumerGroupHeartbeatApi, 1, {
      groupId: 'g',
      memberId,
      memberEpoch,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: joins ? 30_000 : -1,
      subscribedTopicNames: joins ? ['t'] : null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: held ? [{ topicId, partitions: held }] : none,
    });
  };
  const given = (answer: ReturnType<typeof heartbeat>) =>
    answer.assignment?.topicPartitions.flatMap(({ partitions }) => partitions);

  beforeEach(() => {
    world.broker.cluster.deleteTopic('t');
    world.broker.createTopic('t', { partitions: 2 });
  });

  it('51: a partition goes over with the first heartbeat behind the one in which its holder gave it up', () => {
    const client = world.connect();
    expect(given(heartbeat(client, 'a', 0))).toEqual([0, 1]);
    expect(heartbeat(client, 'a', 1, [0, 1]).errorCode).toBe('NONE');
    const joined = heartbeat(client, 'b', 0);
    expect([joined.memberEpoch, given(joined)]).toEqual([2, []]);
    const told = heartbeat(client, 'a', 1);
    expect([told.memberEpoch, given(told)]).toEqual([1, [0]]);
    const early = heartbeat(client, 'b', 2, []);
    expect([early.memberEpoch, given(early)?.length ?? 0]).toEqual([2, 0]);
    expect(heartbeat(client, 'a', 1, [0]).memberEpoch).toBe(2);
    const late = heartbeat(client, 'b', 2);
    expect([late.memberEpoch, given(late)]).toEqual([2, [1]]);
  });

  it('52: an epoch from the future fences, and who joins has to say that it holds nothing', () => {
    const client = world.connect();
    heartbeat(client, 'a', 0);
    expect(heartbeat(client, 'a', 2).errorCode).toBe('FENCED_MEMBER_EPOCH');
    expect(heartbeat(client, 'a', 1).errorCode).toBe('NONE');
    const silent = {
      groupId: 'g',
      memberId: 'b',
      memberEpoch: 0,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: 30_000,
      subscribedTopicNames: ['t'],
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: null,
    };
    expect(client.ask(consumerGroupHeartbeatApi, 1, silent).errorCode).toBe('INVALID_REQUEST');
    expect(world.broker.groups.modern('g')?.members.has('b')).toBe(false);
  });
});

describe('settings and leaders', () => {
  it('57: AlterConfigs takes back what it does not name, IncrementalAlterConfigs does not', () => {
    const client = world.connect();
    const resource = { resourceType: 2, resourceName: 't' };
    const value = (name: string) => world.broker.cluster.topic('t')?.config.number(name);
    const add = (name: string, given: string) =>
      client.ask(incrementalAlterConfigsApi, 0, {
        resources: [{ ...resource, configs: [{ name, configOperation: 0, value: given }] }],
        validateOnly: false,
      });
    const before = value('retention.ms');
    add('retention.ms', '5000');
    add('segment.bytes', '20000');
    expect([value('retention.ms'), value('segment.bytes')]).toEqual([5_000, 20_000]);
    client.ask(alterConfigsApi, 0, {
      resources: [{ ...resource, configs: [{ name: 'segment.bytes', value: '30000' }] }],
      validateOnly: false,
    });
    expect([value('retention.ms'), value('segment.bytes')]).toEqual([before, 30_000]);
  });

  it('58: the node that led names the new leader and its address; an old epoch is fenced', () => {
    world = new KafkaWorld({ nodes: 2 });
    world.broker.createTopic('t', { partitions: 1, replicationFactor: 2 });
    const partition = world.broker.cluster.partition('t', 0)!;
    const old = partition.leader;
    const oldEpoch = partition.leaderEpoch;
    world.broker.stopNode(old);
    world.broker.startNode(old);
    expect(partition.leader).not.toBe(old);
    const records = batchBytes([{ value: 'x' }]);
    const answer = world.connect(old).ask(produceApi, 10, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 1,
      topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
    });
    expect(answer.responses[0]?.partitionResponses[0]).toMatchObject({
      errorCode: 'NOT_LEADER_OR_FOLLOWER',
      currentLeader: { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch },
    });
    expect(answer.nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual([partition.leader]);
    const topicId = world.broker.cluster.topic('t')!.id;
    const read = (nodeId: number, currentLeaderEpoch = -1) => {
      const request = readRequest(0, { topicId });
      const place = { ...request.topics[0]!.partitions[0]!, currentLeaderEpoch };
      return world.connect(nodeId).ask(fetchApi, 16, { ...request, topics: [{ topicId, partitions: [place] }] });
    };
    const told = read(old, oldEpoch);
    expect(told.responses[0]?.partitions[0]).toMatchObject({
      errorCode: 'FENCED_LEADER_EPOCH',
      currentLeader: { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch },
    });
    expect(told.nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual([partition.leader]);
    const codes = [oldEpoch, partition.leaderEpoch, partition.leaderEpoch + 1].map(
      (epoch) => read(partition.leader, epoch).responses[0]?.partitions[0]?.errorCode,
    );
    expect(codes).toEqual(['FENCED_LEADER_EPOCH', 'NONE', 'UNKNOWN_LEADER_EPOCH']);
  });

  it('59: the end of an old epoch is where the next one began, also when its last records are lost', () => {
    world = new KafkaWorld({ nodes: 2 });
    const config = { 'unclean.leader.election.enable': 'true' };
    world.broker.createTopic('t', { partitions: 1, assignments: [[1, 2]], config });
    const partition = world.broker.cluster.partition('t', 0)!;
    const oldEpoch = partition.leaderEpoch;
    world.broker.produce('t', { value: 'a' });
    world.broker.stopNode(2);
    for (const value of ['only', 'here']) world.broker.produce('t', { value });
    const epochs = () => {
      const topics = [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: oldEpoch }] }];
      return world.connect(partition.leader).ask(offsetForLeaderEpochApi, 3, { topics }).topics[0]?.partitions[0];
    };
    expect(epochs()).toMatchObject({ leaderEpoch: oldEpoch, endOffset: 3 });
    world.broker.stopNode(1);
    world.broker.startNode(2);
    world.broker.produce('t', { value: 'new' });
    expect(partition.leader).toBe(2);
    expect(epochs()).toMatchObject({ leaderEpoch: oldEpoch, endOffset: 1 });
    // Who comes back has the lost ones no more.
    world.broker.startNode(1);
    const [found] = fetch(world.connect(2), 0);
    expect(found?.highWatermark).toBe(2);
    expect(
      world.broker
        .topic('t')
        .records()
        .map((record) => record.text()),
    ).toEqual(['a', 'new']);
  });

  it('60: another node takes over a group whose coordinator stops, with its members and generation', () => {
    world = new KafkaWorld({ nodes: 3 });
    world.broker.createTopic('t');
    const home = world.broker.cluster.coordinatorOf('group', 'g');
    const member = stable(world.connect(home));
    commit(world.connect(home), member, 7);
    world.broker.stopNode(home);
    const anyNode = home === 1 ? 2 : 1;
    const { errorCode, nodeId: next } = world.connect(anyNode).ask(findCoordinatorApi, 2, { key: 'g', keyType: 0 });
    expect([errorCode, next === home]).toEqual(['NONE', false]);
    const client = world.connect(next);
    pass(9_999);
    expect(beat(client, member)).toBe('NONE');
    expect(commit(client, member, 8)).toBe('NONE');
    expect(committed(client).committedOffset).toBe(8);
    const other = world.connect([1, 2, 3].find((nodeId) => nodeId !== home && nodeId !== next));
    expect(beat(other, member)).toBe('NOT_COORDINATOR');
  });
});
