import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { snapshotFromBytes, snapshotToBytes } from '../../../src/core/snapshot.js';
import { decodeAssignment } from '../../../src/models/kafka/consumer-protocol.js';
import type { GroupCoordinator } from '../../../src/models/kafka/group-coordinator.js';
import type { MemberIdentity } from '../../../src/models/kafka/group-member.js';
import type { KafkaConsumer } from '../../../src/models/kafka/index.js';
import { codeOf, commitOf, protocols, stabilise, TestMember } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;
let groups: GroupCoordinator;

function start(options = {}, limits = {}): void {
  world = new KafkaWorld(options, limits);
  world.broker.createTopic('t', { partitions: 4 });
  groups = world.broker.groups;
}

beforeEach(() => start());

const nobody: MemberIdentity = { memberId: '', instanceId: null, generationId: -1 };
const member = (request = {}) => new TestMember(groups, 'g', request);
const pass = (ms: number, liveness = false) => world.clock.advanceTo(world.clock.now + ms, { liveness });
const commit = (offset: number, identity = nobody, options = {}) =>
  groups.commitOffsets('g', identity, [commitOf('t', 0, offset)], options);
const committed = (partition = 0) => groups.fetchOffsets('g', [{ topic: 't', partition }])[0];

describe('GroupCoordinator: commits', () => {
  it('makes a group that only holds offsets for whoever is in no group', () => {
    expect(commit(5)).toEqual(['NONE']);
    expect(committed()).toEqual({ topic: 't', partition: 0, error: 'NONE', offset: 5, leaderEpoch: -1, metadata: '' });
    expect(groups.list()).toEqual([{ groupId: 'g', protocolType: '', state: 'Empty', type: 'classic' }]);
    expect(commit(2)).toEqual(['NONE']);
    expect(committed()?.offset).toBe(2);
  });

  it('refuses a generation of a group that is not there', () => {
    const stranger = { memberId: 'm', instanceId: null, generationId: 1 };
    expect(codeOf(() => commit(1, stranger))).toBe('ILLEGAL_GENERATION');
    expect(codeOf(() => commit(1, stranger, { sendsMemberEpoch: true }))).toBe('GROUP_ID_NOT_FOUND');
    expect(codeOf(() => groups.deleteOffsets('', []))).toBe('INVALID_GROUP_ID');
    expect(groups.list()).toEqual([]);
  });

  it('takes commits of members in their generation, also while others join, but not before the assignment', () => {
    const a = member();
    stabilise(a);
    expect(a.commit('t', 0, 1)).toEqual(['NONE']);
    expect(codeOf(() => commit(9))).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => commit(9, { ...a.identity, generationId: 7 }))).toBe('ILLEGAL_GENERATION');
    expect(codeOf(() => commit(9, { ...a.identity, memberId: 'x' }))).toBe('UNKNOWN_MEMBER_ID');
    const b = member().join();
    expect(a.commit('t', 0, 2)).toEqual(['NONE']);
    a.join();
    expect(codeOf(() => a.commit('t', 0, 3))).toBe('REBALANCE_IN_PROGRESS');
    expect(codeOf(() => b.commit('t', 0, 3))).toBe('REBALANCE_IN_PROGRESS');
    expect(committed()?.offset).toBe(2);
  });

  it('judges each partition by itself', () => {
    const long = 'x'.repeat(4_097);
    const commits = [
      commitOf('t', 0, 1, long),
      commitOf('t', 9, 1),
      commitOf('none', 0, 1),
      commitOf('t', 1, 1, 'x'.repeat(4_096)),
    ];
    expect(groups.commitOffsets('g', nobody, commits)).toEqual([
      'OFFSET_METADATA_TOO_LARGE',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'NONE',
    ]);
    expect(groups.fetchOffsets('g', undefined)).toHaveLength(1);
    expect(groups.fetchOffsets('unknown', [{ topic: 't', partition: 0 }])[0]).toMatchObject({
      error: 'NONE',
      offset: -1,
    });
  });

  it('forgets the offsets of a deleted topic', () => {
    commit(5);
    world.broker.cluster.deleteTopic('t');
    world.broker.createTopic('t', { partitions: 1 });
    expect(committed()?.offset).toBe(-1);
  });
});

describe('GroupCoordinator: offsets grow old', () => {
  const week = 10_080 * 60_000;

  it('those of no group, a week after the commit; the group goes with them', () => {
    commit(5);
    pass(week - 600_000);
    groups.commitOffsets('g', nobody, [commitOf('t', 1, 5)]);
    pass(600_000);
    expect([committed()?.offset, committed(1)?.offset]).toEqual([-1, 5]);
    pass(week);
    expect(groups.list()).toEqual([]);
  });

  it('those of a group, a week after it became empty', () => {
    const a = member();
    stabilise(a);
    a.commit('t', 0, 5);
    pass(week * 2);
    expect(committed()?.offset).toBe(5);
    a.leave();
    pass(week - 600_000);
    expect(committed()?.offset).toBe(5);
    pass(1_200_000);
    expect(committed()?.offset).toBe(-1);
  });

  it('those of a live group where nobody reads the topic any more', () => {
    const a = member();
    stabilise(a);
    world.broker.createTopic('u');
    a.commit('u', 0, 5);
    a.commit('t', 0, 5);
    pass(week);
    const left = groups.fetchOffsets('g', undefined).map(({ topic }) => topic);
    expect(left).toEqual(['t']);
  });

  it('those with a lifetime of their own, at its end', () => {
    commit(5, nobody, { retentionMs: 1 });
    pass(600_000);
    expect(committed()?.offset).toBe(-1);
  });
});

describe('GroupCoordinator: administration', () => {
  it('describes and lists groups', () => {
    const a = member({ instanceId: 'i' });
    stabilise(a);
    expect(groups.describe('g')).toMatchObject({
      state: 'Stable',
      protocolType: 'consumer',
      protocolName: 'range',
      members: [{ memberId: a.memberId, instanceId: 'i', clientId: 'test', clientHost: '/127.0.0.1' }],
    });
    expect(groups.describe('g').members[0]?.metadata.length).toBeGreaterThan(0);
    member().join();
    expect(groups.describe('g')).toMatchObject({ state: 'PreparingRebalance', protocolName: '' });
    expect(groups.describe('g').members[0]?.metadata.length).toBe(0);
    expect(groups.list({ states: ['preparingrebalance'] })).toHaveLength(1);
    expect(groups.list({ states: ['stable'] })).toEqual([]);
    expect(groups.list({ types: ['consumer'] })).toEqual([]);
    expect(codeOf(() => groups.describe('none'))).toBe('GROUP_ID_NOT_FOUND');
    expect(groups.busy()).toEqual(["group 'g' is rebalancing"]);
  });

  it('deletes groups without members only', () => {
    const a = member();
    stabilise(a);
    a.commit('t', 0, 5);
    expect(codeOf(() => groups.deleteGroup('g'))).toBe('NON_EMPTY_GROUP');
    a.leave();
    expect(committed()?.offset).toBe(5);
    groups.deleteGroup('g');
    expect(codeOf(() => groups.deleteGroup('g'))).toBe('GROUP_ID_NOT_FOUND');
    expect(committed()?.offset).toBe(-1);
  });

  it('deletes offsets that nobody needs', () => {
    expect(codeOf(() => groups.deleteOffsets('g', []))).toBe('GROUP_ID_NOT_FOUND');
    const a = member();
    stabilise(a);
    world.broker.createTopic('u');
    a.commit('u', 0, 5);
    const places = [
      { topic: 't', partition: 0 },
      { topic: 'u', partition: 0 },
      { topic: 'none', partition: 0 },
    ];
    expect(groups.deleteOffsets('g', places)).toEqual([
      'GROUP_SUBSCRIBED_TO_TOPIC',
      'NONE',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
    expect(groups.fetchOffsets('g', undefined)).toEqual([]);
    const other = new TestMember(groups, 'connect', { protocolType: 'connect' });
    stabilise(other);
    expect(codeOf(() => groups.deleteOffsets('connect', places))).toBe('NON_EMPTY_GROUP');
  });

  it('keeps no more groups than limits.entityCount', () => {
    start({}, { entityCount: 4 });
    const before = groups.list().length;
    for (let i = 0; i < 4; i++) new TestMember(groups, `g${i}`, {}).join();
    expect(codeOf(() => new TestMember(groups, 'one more', {}).join())).toBe('LIMIT_EXCEEDED');
    expect(groups.list().length - before).toBe(4);
  });
});

describe('GroupCoordinator: restarts and nodes', () => {
  it('keeps members, generation and offsets over a restart, and lets sessions begin anew', () => {
    const a = member();
    stabilise(a);
    a.commit('t', 0, 5);
    const b = member().join();
    pass(9_000, true);
    world.broker.restart();
    expect(b.answers).toBe(0);
    pass(9_000, true);
    a.heartbeat();
    expect(a.sync().synced?.error).toBe('NONE');
    expect(committed()?.offset).toBe(5);
    pass(10_000, true);
    expect(groups.classic('g')?.state).toBe('Empty');
  });

  it('moves to another node when its own stops', () => {
    start({ nodes: 3 });
    const home = world.broker.cluster.coordinatorOf('group', 'g');
    const a = member();
    stabilise(a);
    a.commit('t', 0, 5);
    expect(groups.list({ nodeId: home })).toHaveLength(1);
    world.broker.stopNode(home);
    const next = world.broker.cluster.coordinatorOf('group', 'g');
    expect(next).not.toBe(home);
    expect(codeOf(() => groups.heartbeat('g', a.identity, home))).toBe('NOT_COORDINATOR');
    groups.heartbeat('g', a.identity, next);
    expect(groups.list({ nodeId: next })).toHaveLength(1);
    expect(committed()?.offset).toBe(5);
  });

  it('goes into a snapshot, a file and back', () => {
    const a = member();
    stabilise(a);
    a.commit('t', 0, 5);
    const models = new Map([['kafka', world.broker.snapshot()]]);
    const file = snapshotToBytes({ format: 1, atMs: 0, random: [], models });
    a.leave();
    world.broker.restore(snapshotFromBytes(file).models.get('kafka'));
    a.heartbeat();
    expect([groups.classic('g')?.generationId, committed()?.offset]).toEqual([1, 5]);
    world.broker.reset();
    expect(groups.list()).toEqual([]);
  });
});

describe('GroupCoordinator: whatever members do', () => {
  const step = fc.record({
    kind: fc.constantFrom('join', 'join', 'leave', 'silence', 'rejoin', 'sync', 'heartbeat', 'commit', 'stale', 'time'),
    who: fc.nat(3),
  });

  /** Joins as clients do: under the id that they were given, or under a new one. */
  function enter(one: TestMember): void {
    if (codeOf(() => one.join()) === 'UNKNOWN_MEMBER_ID') one.join({ memberId: '' });
    if (one.joined?.error === 'MEMBER_ID_REQUIRED') one.join();
  }

  /** Lets those who are alive do what clients do until the group is stable. */
  function settle(alive: readonly TestMember[]): void {
    for (let round = 0; round < 10 && groups.classic('g')?.state !== 'Stable'; round++) {
      for (const one of alive) enter(one);
      for (const one of alive) codeOf(() => one.sync());
      for (const one of alive) codeOf(() => one.heartbeat());
      pass(1_000, true);
    }
  }

  it('prop: K9, K10 one generation for all, only members of it commit, and those alive are stable in the end', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        start();
        const all = [0, 1, 2, 3].map(() =>
          member({ protocols: protocols(), rebalanceTimeoutMs: 15_000, requiresKnownId: true }),
        );
        const alive = new Set<TestMember>();
        let last = -1;
        for (const [at, { kind, who }] of steps.entries()) {
          const one = all[who] as TestMember;
          const before = groups.classic('g')?.generationId ?? 0;
          if (kind === 'join' || kind === 'rejoin') {
            enter(one);
            alive.add(one);
          } else if (kind === 'leave' || kind === 'silence') {
            if (kind === 'leave') codeOf(() => one.leave());
            alive.delete(one);
          } else if (kind === 'sync') codeOf(() => one.sync());
          else if (kind === 'heartbeat') codeOf(() => one.heartbeat());
          else if (kind === 'time') pass(4_000, true);
          else {
            const identity = kind === 'stale' ? { ...one.identity, generationId: one.generationId - 1 } : one.identity;
            const group = groups.classic('g');
            const current = group?.members.has(identity.memberId) && group.generationId === identity.generationId;
            const empty = !group || group.state === 'Empty';
            const result = codeOf(() => commit(at, identity));
            if (result === 'NONE') last = at;
            if (!current && !(empty && identity.generationId < 0)) expect(result).not.toBe('NONE');
          }
          expect(groups.classic('g')?.generationId ?? before).toBeGreaterThanOrEqual(before);
          expect(committed()?.offset).toBe(last);
        }
        pass(15_000, true); // who is silent is gone
        for (const one of alive) codeOf(() => one.heartbeat());
        settle([...alive]);
        for (let round = 0; round < 4; round++) {
          for (const one of alive) codeOf(() => one.heartbeat());
          pass(4_000, true); // so is who joined and never came for the answer
        }
        settle([...alive]);
        const group = groups.classic('g');
        expect([...(group?.members.keys() ?? [])].sort()).toEqual([...alive].map(({ memberId }) => memberId).sort());
        if (alive.size > 0) {
          expect(group?.state).toBe('Stable');
          expect(new Set([...alive].map(({ generationId }) => generationId))).toEqual(new Set([group?.generationId]));
        }
        expect(world.errors).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('prop: K8 consumers of any assignor own each partition once, whoever comes and goes', () => {
    const names = ['range', 'roundrobin', 'sticky', 'cooperative-sticky'];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.boolean(), fc.nat(4)), { maxLength: 15 }),
        (assignor, moves) => {
          start();
          const live: KafkaConsumer[] = [];
          for (const [joins, at] of moves) {
            if (joins || live.length === 0) live.push(world.broker.consumer('g', ['t'], { assignors: [assignor] }));
            else live.splice(at % live.length, 1)[0]?.close();
            const owned = live.flatMap(({ assignment }) => assignment.flatMap(({ partitions }) => partitions));
            expect(owned.sort()).toEqual(live.length > 0 ? [0, 1, 2, 3] : []);
            for (const { assignment } of groups.classic('g')?.members.values() ?? []) {
              expect(decodeAssignment(assignment)).toBeDefined();
            }
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
