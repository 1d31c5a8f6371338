import { beforeEach, describe, expect, it } from 'vitest';
import type { GroupCoordinator } from '../../../src/models/kafka/group-coordinator.js';
import type { JoinRequest } from '../../../src/models/kafka/group-member.js';
import { bytes, codeOf, protocols, stabilise, TestMember, text } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;
let groups: GroupCoordinator;

function start(config: Record<string, number> = {}): void {
  world = new KafkaWorld({ config });
  world.broker.createTopic('t', { partitions: 4 });
  groups = world.broker.groups;
}

beforeEach(() => start());

const member = (request: Partial<JoinRequest> = {}) => new TestMember(groups, 'g', request);
const pass = (ms: number) => world.clock.advanceTo(world.clock.now + ms, { liveness: true });
const state = () => groups.classic('g')?.state;

/** A stable group of `count` members, the first of them the leader. */
function stableGroup(count: number, request: Partial<JoinRequest> = {}): TestMember[] {
  const members = Array.from({ length: count }, () => member(request));
  members[0]?.join().sync();
  if (count > 1) {
    for (const other of members.slice(1)) other.join();
    members[0]?.join();
    for (const one of members.slice(1)) one.sync();
    members[0]?.sync();
  }
  expect(state()).toBe('Stable');
  return members;
}

describe('ClassicGroup: joining', () => {
  it('lets the first member in at once, as the leader that sees everybody', () => {
    const a = member().join();
    expect(a.joined).toMatchObject({
      error: 'NONE',
      generationId: 1,
      protocolType: 'consumer',
      protocolName: 'range',
      leaderId: a.memberId,
    });
    expect(a.joined?.members.map(({ memberId }) => memberId)).toEqual([a.memberId]);
    expect(a.memberId).toMatch(/^test-[0-9a-f]{8}-/);
    expect(state()).toBe('CompletingRebalance');
  });

  it('waits for the initial delay, again as long as somebody joins, and no longer than the rebalance timeout', () => {
    start({ 'group.initial.rebalance.delay.ms': 3_000 });
    const a = member({ rebalanceTimeoutMs: 7_000 }).join();
    pass(2_000);
    const b = member({ rebalanceTimeoutMs: 7_000 }).join();
    pass(2_000);
    expect(a.joined).toBeUndefined();
    const c = member({ rebalanceTimeoutMs: 7_000 }).join();
    pass(2_000); // second wait is over: a third one of what is left of 7 s
    expect(a.joined).toBeUndefined();
    pass(1_000);
    expect([a, b, c].map((one) => one.joined?.generationId)).toEqual([1, 1, 1]);
    expect(a.joined?.members).toHaveLength(3);
    expect(b.joined?.members).toEqual([]);
  });

  it('hands out an id to join with when the client knows how to use it', () => {
    const a = member({ requiresKnownId: true }).join();
    expect(a.joined).toMatchObject({ error: 'MEMBER_ID_REQUIRED', generationId: -1, leaderId: '', members: [] });
    expect(a.memberId).not.toBe('');
    expect(state()).toBe('Empty');
    a.join();
    expect(a.joined?.error).toBe('NONE');
  });

  it('waits for an id that was handed out, until its session would have ended', () => {
    const [a] = stableGroup(1);
    const slow = member({ requiresKnownId: true, sessionTimeoutMs: 6_000 }).join();
    const b = member().join();
    a?.join();
    expect(b.joined).toBeUndefined();
    pass(5_999);
    expect(b.joined).toBeUndefined();
    pass(1);
    expect(b.joined?.generationId).toBe(2);
    expect(codeOf(() => slow.join())).toBe('UNKNOWN_MEMBER_ID');
  });

  it('refuses what cannot be a member', () => {
    stableGroup(1);
    expect(codeOf(() => member().join({ memberId: 'nobody' }))).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => member().join({ protocolType: 'connect' }))).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(codeOf(() => member().join({ protocols: protocols(['other']) }))).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(codeOf(() => member().join({ sessionTimeoutMs: 5_999 }))).toBe('INVALID_SESSION_TIMEOUT');
    expect(codeOf(() => member().join({ sessionTimeoutMs: 1_800_001 }))).toBe('INVALID_SESSION_TIMEOUT');
    expect(codeOf(() => new TestMember(groups, '').join())).toBe('INVALID_GROUP_ID');
    expect(codeOf(() => new TestMember(groups, 'new').join({ memberId: 'x' }))).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => new TestMember(groups, 'new').join({ protocols: [] }))).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(state()).toBe('Stable');
  });

  it('is there from the first that wants to join, whether it is let in or not', () => {
    expect(codeOf(() => member().join({ memberId: 'x' }))).toBe('UNKNOWN_MEMBER_ID');
    expect(state()).toBeUndefined();
    expect(codeOf(() => member().join({ protocols: [] }))).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(state()).toBe('Empty');
    groups.deleteGroup('g');
    expect(state()).toBeUndefined();
  });

  it('knows no static member by an id that it handed out', () => {
    const { memberId } = member({ requiresKnownId: true }).join();
    expect(codeOf(() => member({ instanceId: 'i' }).join({ memberId }))).toBe('UNKNOWN_SERVER_ERROR');
    expect(member().join({ memberId }).joined?.error).toBe('NONE');
  });

  it('takes no more members than group.max.size', () => {
    start({ 'group.max.size': 2 });
    const [a, b] = stableGroup(2);
    expect(codeOf(() => member().join())).toBe('GROUP_MAX_SIZE_REACHED');
    a?.join();
    b?.join();
    expect(b?.joined?.generationId).toBe(3);
  });

  it('keeps no more reserved ids than limits.groupMemberCount', () => {
    world = new KafkaWorld({}, { groupMemberCount: 3 });
    groups = world.broker.groups;
    for (let i = 0; i < 3; i++) member({ requiresKnownId: true }).join();
    expect(codeOf(() => member({ requiresKnownId: true }).join())).toBe('GROUP_MAX_SIZE_REACHED');
  });

  it('starts a rebalance when a second member joins, and both get the same next generation', () => {
    const [a] = stableGroup(1);
    const b = member().join();
    expect(state()).toBe('PreparingRebalance');
    expect(codeOf(() => a?.heartbeat())).toBe('REBALANCE_IN_PROGRESS');
    expect(b.joined).toBeUndefined();
    a?.join();
    expect([a?.joined?.generationId, b.joined?.generationId]).toEqual([2, 2]);
    expect(a?.joined?.members).toHaveLength(2);
    expect(b.joined?.members).toEqual([]);
    expect(b.joined?.leaderId).toBe(a?.memberId);
  });

  it('goes on without dynamic members that do not join again within the rebalance timeout', () => {
    const [a, b] = stableGroup(2, { sessionTimeoutMs: 300_000 });
    const c = member().join();
    b?.join();
    pass(59_999);
    expect(b?.joined).toBeUndefined();
    pass(1);
    expect(b?.joined).toMatchObject({ error: 'NONE', leaderId: b?.memberId });
    expect(c.joined?.error).toBe('NONE');
    expect(codeOf(() => a?.heartbeat())).toBe('UNKNOWN_MEMBER_ID');
  });

  it('waits for the longest of the rebalance timeouts, that of old clients being their session', () => {
    const [a] = stableGroup(1, { sessionTimeoutMs: 20_000, rebalanceTimeoutMs: -1 });
    expect(groups.classic('g')?.rebalanceTimeoutMs).toBe(20_000);
    member({ rebalanceTimeoutMs: 30_000 }).join();
    expect(groups.classic('g')?.rebalanceTimeoutMs).toBe(30_000);
    a?.join();
  });

  it('answers a member that says nothing new with the running generation, unless it leads', () => {
    const [a, b] = stableGroup(2);
    b?.join();
    expect(b?.joined).toMatchObject({ error: 'NONE', generationId: 2, members: [] });
    expect(state()).toBe('Stable');
    a?.join();
    expect(a?.joined).toBeUndefined();
    expect(state()).toBe('PreparingRebalance');
  });

  it('starts a rebalance when a member subscribes to something else', () => {
    const [, b] = stableGroup(2);
    b?.join({ protocols: protocols(['range'], ['other']) });
    expect(b?.joined).toBeUndefined();
    expect(state()).toBe('PreparingRebalance');
  });

  it('repeats the answer while the assignment is awaited', () => {
    const a = member().join();
    a.join();
    expect(a.joined).toMatchObject({ generationId: 1, leaderId: a.memberId });
    expect(a.joined?.members).toHaveLength(1);
    expect(state()).toBe('CompletingRebalance');
    const b = member().join();
    a.join();
    b.join();
    expect(b.joined).toMatchObject({ generationId: 2, members: [] });
  });

  it('forgets a new member that never got its answer after five minutes', () => {
    stableGroup(1, { sessionTimeoutMs: 1_800_000, rebalanceTimeoutMs: 1_800_000 });
    const lost = member().join();
    lost.abandon();
    pass(299_999);
    expect(groups.classic('g')?.members.size).toBe(2);
    pass(1);
    expect(groups.classic('g')?.members.size).toBe(1);
    expect(lost.answers).toBe(0);
  });

  it('counts a member whose connection went while it joined', () => {
    const [a] = stableGroup(1);
    const b = member().join();
    b.abandon();
    a?.join();
    expect(a?.joined?.members).toHaveLength(2);
    expect(b.answers).toBe(0);
  });

  it('calls nobody from inside of a command', () => {
    const seen: string[] = [];
    groups.join(
      'other',
      {
        memberId: '',
        instanceId: null,
        clientId: '',
        clientHost: '',
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 0,
        protocolType: 'consumer',
        protocols: protocols(),
        requiresKnownId: false,
        skipsAssignment: false,
      },
      ({ memberId }) => {
        seen.push(groups.classic('other')?.state as string);
        groups.leave('other', [{ memberId, instanceId: null }]);
        seen.push(groups.classic('other')?.state as string);
      },
    );
    expect(seen).toEqual(['CompletingRebalance', 'Empty']);
  });
});

describe('ClassicGroup: choosing the protocol', () => {
  it('takes the one that most members prefer of those that all of them know', () => {
    const a = member({ protocols: protocols(['range', 'roundrobin', 'sticky']) }).join();
    const b = member({ protocols: protocols(['only-b', 'roundrobin', 'range']) }).join();
    const c = member({ protocols: protocols(['roundrobin', 'range']) }).join();
    a.join();
    expect(a.joined?.protocolName).toBe('roundrobin');
    expect(text(a.joined?.members.find(({ memberId }) => memberId === c.memberId)?.metadata)).toBe(
      text(protocols()[0]?.metadata),
    );
    expect(b.joined?.protocolName).toBe('roundrobin');
  });

  it('lets the leader decide between equals', () => {
    const a = member({ protocols: protocols(['x', 'y']) }).join();
    member({ protocols: protocols(['y', 'x']) }).join();
    a.join();
    expect(a.joined?.protocolName).toBe('x');
  });
});

describe('ClassicGroup: sharing out', () => {
  it('gives everybody what the leader decided, nothing where it said nothing', () => {
    const a = member().join();
    const b = member().join();
    const c = member().join();
    a.join();
    b.sync({ [b.memberId]: bytes('b is no leader') });
    c.sync();
    expect(b.synced).toBeUndefined();
    a.sync({ [a.memberId]: bytes('A'), [b.memberId]: bytes('B') });
    expect([a, b, c].map((one) => text(one.synced?.assignment))).toEqual(['A', 'B', '']);
    expect(a.synced).toMatchObject({ error: 'NONE', protocolType: 'consumer', protocolName: 'range' });
    expect(state()).toBe('Stable');
  });

  it('answers a repeated sync with the same assignment', () => {
    const [a] = stableGroup(1);
    const first = text(a?.synced?.assignment);
    a?.sync({ [a.memberId]: bytes('changed my mind') });
    expect(text(a?.synced?.assignment)).toBe(first);
  });

  it('refuses who is no member, of another generation, or speaks of another protocol', () => {
    const [a] = stableGroup(1);
    const sync = (changes: object) => codeOf(() => groups.sync('g', { ...request(), ...changes }, () => {}));
    const request = () => ({ ...a!.identity, protocolType: 'consumer', protocolName: 'range', assignments: [] });
    expect(sync({})).toBe('NONE');
    expect(sync({ memberId: 'nobody' })).toBe('UNKNOWN_MEMBER_ID');
    expect(sync({ generationId: 7 })).toBe('ILLEGAL_GENERATION');
    expect(sync({ protocolType: 'connect' })).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(sync({ protocolName: 'sticky' })).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(sync({ instanceId: 'unknown' })).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => groups.sync('none', request(), () => {}))).toBe('UNKNOWN_MEMBER_ID');
    member().join();
    expect(sync({})).toBe('REBALANCE_IN_PROGRESS');
  });

  it('tells those who wait for the leader that a new rebalance has begun', () => {
    const a = member().join();
    const b = member().join();
    a.join();
    b.sync();
    member().join();
    expect(b.synced?.error).toBe('REBALANCE_IN_PROGRESS');
  });

  it('removes members that do not ask for their assignment within the rebalance timeout', () => {
    const a = member({ sessionTimeoutMs: 120_000 }).join();
    const b = member({ sessionTimeoutMs: 120_000 }).join();
    a.join().sync();
    expect(state()).toBe('Stable');
    pass(60_000);
    expect(state()).toBe('PreparingRebalance');
    expect(codeOf(() => b.heartbeat())).toBe('UNKNOWN_MEMBER_ID');
    a.join();
    expect(a.joined?.members).toHaveLength(1);
  });
});

describe('ClassicGroup: staying alive', () => {
  it('removes a member that is silent for its session timeout, whatever its connection does', () => {
    const [a, b] = stableGroup(2);
    pass(9_999);
    b?.heartbeat();
    pass(1);
    expect(codeOf(() => a?.heartbeat())).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => b?.heartbeat())).toBe('REBALANCE_IN_PROGRESS');
    b?.join();
    expect(b?.joined).toMatchObject({ generationId: 3, leaderId: b?.memberId });
  });

  it('takes heartbeats while the assignment is awaited, and refuses strange ones', () => {
    const a = member().join();
    a.heartbeat();
    expect(codeOf(() => groups.heartbeat('g', { ...a.identity, generationId: 0 }))).toBe('ILLEGAL_GENERATION');
    expect(codeOf(() => groups.heartbeat('g', { ...a.identity, memberId: 'x' }))).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => groups.heartbeat('none', a.identity))).toBe('UNKNOWN_MEMBER_ID');
  });

  it('keeps a session open by heartbeats during a rebalance, and while a request is parked', () => {
    const [a, b] = stableGroup(2);
    const c = member().join();
    b?.join();
    for (let i = 0; i < 5; i++) {
      pass(9_000);
      expect(codeOf(() => a?.heartbeat())).toBe('REBALANCE_IN_PROGRESS');
    }
    a?.join();
    expect([a, b, c].map((one) => one?.joined?.members.length)).toEqual([3, 0, 0]);
  });

  it('ends the session of a member that joined and then fell silent', () => {
    const a = member().join();
    pass(10_000);
    expect(state()).toBe('Empty');
    expect(a.answers).toBe(1);
  });

  it('does not count a sync that asks for the assignment once more', () => {
    const [a] = stableGroup(1);
    pass(6_000);
    a?.sync();
    pass(4_000);
    expect(codeOf(() => a?.heartbeat())).toBe('UNKNOWN_MEMBER_ID');
  });

  it('counts a commit as a sign of life', () => {
    const [a] = stableGroup(1);
    pass(9_000);
    a?.commit('t', 0, 5);
    pass(9_000);
    a?.heartbeat();
    expect(state()).toBe('Stable');
  });
});

describe('ClassicGroup: leaving', () => {
  it('becomes empty when the last member leaves, with a new generation', () => {
    const [a] = stableGroup(1);
    expect(a?.leave()).toEqual(['NONE']);
    expect(state()).toBe('Empty');
    expect(groups.classic('g')?.generationId).toBe(2);
    expect(a?.leave()).toEqual(['UNKNOWN_MEMBER_ID']);
    expect(groups.leave('none', [{ memberId: 'x', instanceId: null }])).toEqual(['UNKNOWN_MEMBER_ID']);
  });

  it('becomes empty although somebody has an id and has not joined with it', () => {
    const [a] = stableGroup(1);
    const b = member({ requiresKnownId: true }).join();
    a?.leave();
    expect(state()).toBe('Empty');
    const c = member().join();
    expect([c.joined?.error, state()]).toEqual(['NONE', 'CompletingRebalance']);
    expect(b.join().joined).toBeUndefined();
  });

  it('lets those who leave together go before the others are asked to join again', () => {
    const [a] = stableGroup(1);
    const handedOut = [1, 2].map(() => member({ requiresKnownId: true }).join().memberId);
    const leaving = [handedOut[0], a?.memberId].map((memberId) => ({ memberId: memberId ?? '', instanceId: null }));
    expect(groups.leave('g', leaving)).toEqual(['NONE', 'NONE']);
    expect(state()).toBe('Empty');
  });

  it('goes on at once when the member that everybody waits for leaves', () => {
    const [a, b] = stableGroup(2);
    const c = member().join();
    b?.join();
    a?.leave();
    expect(b?.joined).toMatchObject({ error: 'NONE', leaderId: b?.memberId });
    expect(c.joined?.error).toBe('NONE');
  });

  it('lets an id leave that was handed out only', () => {
    const a = member({ requiresKnownId: true }).join();
    expect(a.leave()).toEqual(['NONE']);
    expect(codeOf(() => a.join())).toBe('UNKNOWN_MEMBER_ID');
  });

  it('tells a member that left while it joined that it is none', () => {
    stableGroup(1);
    const b = member().join();
    const id = [...(groups.classic('g')?.members.keys() ?? [])].at(-1) as string;
    groups.leave('g', [{ memberId: id, instanceId: null }]);
    expect(b.joined).toMatchObject({ error: 'UNKNOWN_MEMBER_ID', memberId: '' });
  });

  it('never answers the sync of a member that has left', () => {
    const a = member().join();
    const b = member().join();
    a.join();
    b.sync();
    expect(b.leave()).toEqual(['NONE']);
    a.join().sync();
    expect([state(), b.synced]).toEqual(['Stable', undefined]);
  });

  it('lets an administrator remove a static member by its name', () => {
    const a = member({ instanceId: 'i' });
    stabilise(a);
    expect(groups.leave('g', [{ memberId: '', instanceId: 'j' }])).toEqual(['UNKNOWN_MEMBER_ID']);
    expect(groups.leave('g', [{ memberId: 'wrong', instanceId: 'i' }])).toEqual(['FENCED_INSTANCE_ID']);
    expect(groups.leave('g', [{ memberId: '', instanceId: 'i' }])).toEqual(['NONE']);
    expect(state()).toBe('Empty');
  });
});

describe('ClassicGroup: static members', () => {
  const restarted = (old: TestMember, changes: Partial<JoinRequest> = {}) => {
    const next = member({ ...old.request, ...changes });
    return next.join();
  };

  it('lets a restarted member have its place without a rebalance, and fences the old one', () => {
    const a = member({ instanceId: 'a' });
    const b = member({ instanceId: 'b' });
    a.join().sync();
    b.join();
    a.join();
    b.sync();
    a.sync();
    const given = text(b.synced?.assignment);
    const again = restarted(b);
    expect(again.joined).toMatchObject({ error: 'NONE', generationId: 2, members: [], skipAssignment: false });
    expect(again.memberId).not.toBe(b.memberId);
    again.sync();
    expect(text(again.synced?.assignment)).toBe(given);
    expect(state()).toBe('Stable');
    expect(codeOf(() => b.heartbeat())).toBe('FENCED_INSTANCE_ID');
    expect(codeOf(() => b.join())).toBe('FENCED_INSTANCE_ID');
    expect(codeOf(() => b.commit('t', 0, 1))).toBe('FENCED_INSTANCE_ID');
  });

  it('tells a restarted leader of the old id, or that it need not assign', () => {
    const a = member({ instanceId: 'a' });
    stabilise(a);
    const old = restarted(a);
    expect(old.joined).toMatchObject({ leaderId: a.memberId, members: [], skipAssignment: false });
    const young = restarted(a, { skipsAssignment: true });
    expect(young.joined).toMatchObject({ leaderId: young.memberId, skipAssignment: true });
    expect(young.joined?.members).toHaveLength(1);
  });

  it('rebalances when a restarted member changes the choice of the protocol', () => {
    const a = member({ instanceId: 'a', protocols: protocols(['x', 'y']) });
    stabilise(a);
    const again = restarted(a, { protocols: protocols(['y']) });
    expect(again.joined).toMatchObject({ generationId: 2, protocolName: 'y' });
    expect(state()).toBe('CompletingRebalance');
  });

  it('answers what the old one has parked with a fence', () => {
    const a = member({ instanceId: 'a' });
    stabilise(a);
    const b = member({ instanceId: 'b' }).join();
    const c = restarted(b);
    expect(b.joined?.error).toBe('FENCED_INSTANCE_ID');
    expect(c.joined).toBeUndefined();
    a.join();
    expect(c.joined?.error).toBe('NONE');
    c.sync();
    restarted(c);
    expect(c.synced?.error).toBe('FENCED_INSTANCE_ID');
  });

  it('keeps the place of an absent one in the next generation, until it fails to ask for its assignment', () => {
    const a = member({ instanceId: 'a', sessionTimeoutMs: 200_000 });
    stabilise(a);
    const b = member({ sessionTimeoutMs: 200_000 }).join();
    pass(60_000);
    expect(b.joined).toMatchObject({ error: 'NONE', leaderId: b.memberId });
    expect(b.joined?.members).toHaveLength(2);
    b.sync();
    pass(59_999);
    b.heartbeat();
    expect(groups.classic('g')?.members.size).toBe(2);
    pass(1);
    expect(groups.classic('g')?.members.size).toBe(1);
    expect(codeOf(() => b.heartbeat())).toBe('REBALANCE_IN_PROGRESS');
  });

  it('waits on when only absent static members are left', () => {
    const a = member({ instanceId: 'a', sessionTimeoutMs: 100_000 });
    stabilise(a);
    const b = member().join();
    b.abandon();
    const id = [...(groups.classic('g')?.members.keys() ?? [])].at(-1) as string;
    groups.leave('g', [{ memberId: id, instanceId: null }]);
    pass(60_000);
    expect(state()).toBe('PreparingRebalance');
    pass(40_000);
    expect(state()).toBe('Empty');
  });
});

describe('ClassicGroup: subscriptions', () => {
  it('knows what its members read, and takes anything for read when it cannot', () => {
    const [a] = stableGroup(1);
    const group = groups.classic('g')!;
    expect([group.isSubscribedTo('t'), group.isSubscribedTo('u')]).toEqual([true, false]);
    a?.join({ protocols: [{ name: 'range', metadata: bytes('?') }] });
    expect(group.isSubscribedTo('u')).toBe(true);
    a?.leave();
    expect(group.isSubscribedTo('t')).toBe(false);
  });
});
