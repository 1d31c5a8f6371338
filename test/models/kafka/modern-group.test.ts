import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GroupCoordinator } from '../../../src/models/kafka/group-coordinator.js';
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from '../../../src/models/kafka/modern-member.js';
import { codeOf, commitOf, protocols, stabilise, TestMember } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;
let groups: GroupCoordinator;

beforeEach(() => {
  world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 4 });
  groups = world.broker.groups;
});

const pass = (ms: number) => world.clock.advanceTo(world.clock.now + ms, { liveness: true });
const group = () => groups.modern('g')!;
const idOf = (topic: string) => world.broker.cluster.topic(topic)?.id ?? 'none';

/** A member as a client is: it holds what it was told to, and says so when asked. */
class EpochMember {
  id: string;
  epoch = 0;
  held: string[] = [];
  last: ConsumerHeartbeatAnswer | undefined;
  readonly extra: Partial<ConsumerHeartbeat>;

  constructor(id: string, extra: Partial<ConsumerHeartbeat> = {}) {
    this.id = id;
    this.extra = extra;
  }

  get owned() {
    const topics = [...new Set(this.held.map((place) => place.split('/')[0] as string))];
    return topics.map((topic) => ({
      topicId: idOf(topic),
      partitions: this.held
        .filter((place) => place.startsWith(`${topic}/`))
        .map((place) => Number(place.split('/')[1])),
    }));
  }

  send(changes: Partial<ConsumerHeartbeat> = {}): ConsumerHeartbeatAnswer {
    const joins = (changes.memberEpoch ?? this.epoch) === 0;
    const answer = groups.consumerHeartbeat('g', {
      memberId: this.id,
      memberEpoch: this.epoch,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: joins ? 30_000 : -1,
      topics: joins ? ['t'] : null,
      topicPattern: null,
      assignor: null,
      owned: joins ? [] : null,
      clientId: 'c',
      clientHost: '/127.0.0.1',
      ...this.extra,
      ...changes,
    });
    this.last = answer;
    this.id = answer.memberId;
    this.epoch = answer.memberEpoch;
    if (answer.assignment) {
      this.held = answer.assignment.flatMap(({ topicId, partitions }) =>
        partitions.map((index) => `${world.broker.cluster.topicById(topicId)?.name}/${index}`),
      );
    }
    return answer;
  }

  /** A heartbeat that says what it holds. */
  report(): ConsumerHeartbeatAnswer {
    return this.send({ owned: this.owned });
  }
}

describe('ModernGroup', () => {
  it('gives the first member everything at once', () => {
    const a = new EpochMember('');
    const answer = a.send();
    expect(answer).toMatchObject({ memberEpoch: 1, heartbeatIntervalMs: 5_000 });
    expect(answer.memberId).not.toBe('');
    expect(a.held).toEqual(['t/0', 't/1', 't/2', 't/3']);
    expect(group().state).toBe('Stable');
    expect(a.send().assignment).toBeNull();
  });

  it('hands a partition over only after its holder has said that it gave it up', () => {
    const [a, b] = [new EpochMember('a'), new EpochMember('b')];
    a.send();
    b.send();
    expect(b.last).toMatchObject({ memberEpoch: 2, assignment: [] });
    expect(group().state).toBe('Reconciling');
    expect(a.send()).toMatchObject({ memberEpoch: 1, assignment: [{ topicId: idOf('t'), partitions: [0, 1] }] });
    const stillHeld = { owned: [{ topicId: idOf('t'), partitions: [0, 1, 2, 3] }] };
    expect(a.send(stillHeld)).toMatchObject({ memberEpoch: 1 });
    expect(b.send().assignment).toBeNull();
    expect(a.report()).toMatchObject({ memberEpoch: 2 });
    expect(b.held).toEqual([]);
    expect(b.send()).toMatchObject({ memberEpoch: 2, assignment: [{ topicId: idOf('t'), partitions: [2, 3] }] });
    expect(group().state).toBe('Stable');
  });

  it('fences a member of another epoch, unless it missed an answer', () => {
    const [a, b] = [new EpochMember('a'), new EpochMember('b')];
    a.send();
    expect(codeOf(() => a.send({ memberEpoch: 2 }))).toBe('FENCED_MEMBER_EPOCH');
    b.send();
    a.send();
    a.report();
    expect(a.epoch).toBe(2);
    expect(a.send({ memberEpoch: 1, owned: [{ topicId: idOf('t'), partitions: [0] }] }).memberEpoch).toBe(2);
    expect(codeOf(() => a.send({ memberEpoch: 1, owned: [{ topicId: idOf('t'), partitions: [2] }] }))).toBe(
      'FENCED_MEMBER_EPOCH',
    );
    expect(codeOf(() => a.send({ memberEpoch: 1, owned: null }))).toBe('FENCED_MEMBER_EPOCH');
  });

  it('takes a member that joins again for one that missed the answer to its first join', () => {
    const a = new EpochMember('a');
    a.send();
    const again = { memberEpoch: 0, rebalanceTimeoutMs: 1, topics: ['t'], owned: [] };
    expect(a.send(again)).toMatchObject({
      memberEpoch: 1,
      assignment: [{ topicId: idOf('t'), partitions: [0, 1, 2, 3] }],
    });
    expect(group().members.size).toBe(1);
    world.broker.createTopic('u', { partitions: 1 });
    a.send({ topics: ['t', 'u'] });
    expect(codeOf(() => a.send(again))).toBe('FENCED_MEMBER_EPOCH');
  });

  it.each<[string, Partial<ConsumerHeartbeat>, string]>([
    ['an empty instance id', { instanceId: '' }, 'INVALID_REQUEST'],
    ['an empty rack', { rackId: '' }, 'INVALID_REQUEST'],
    ['no rebalance timeout', { rebalanceTimeoutMs: -1 }, 'INVALID_REQUEST'],
    ['no subscription', { topics: null }, 'INVALID_REQUEST'],
    ['no list of held partitions', { owned: null }, 'INVALID_REQUEST'],
    ['held partitions', { owned: [{ topicId: 'T', partitions: [0] }] }, 'INVALID_REQUEST'],
    ['an epoch that cannot be', { memberEpoch: -3 }, 'INVALID_REQUEST'],
    ['leaving for a while without a name', { memberEpoch: -2 }, 'INVALID_REQUEST'],
    ['a heartbeat without an id', { memberId: '', memberEpoch: 3 }, 'INVALID_REQUEST'],
    ['an unknown assignor', { assignor: 'fair' }, 'UNSUPPORTED_ASSIGNOR'],
    ['a bad pattern', { topicPattern: '(' }, 'INVALID_REGULAR_EXPRESSION'],
    ['a heartbeat to a group that is not there', { memberEpoch: 3 }, 'GROUP_ID_NOT_FOUND'],
    ['leaving a group that is not there', { memberEpoch: -1 }, 'GROUP_ID_NOT_FOUND'],
  ])('refuses %s', (_, changes, code) => {
    expect(codeOf(() => new EpochMember('a').send(changes))).toBe(code);
    expect(groups.list()).toEqual([]);
  });

  it('knows nobody whom it has not let in', () => {
    const a = new EpochMember('a');
    a.send();
    expect(codeOf(() => new EpochMember('b').send({ memberEpoch: 1 }))).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => a.send({ memberEpoch: 99, instanceId: 'nobody' }))).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => new EpochMember('b').send({ memberEpoch: -1 }))).toBe('UNKNOWN_MEMBER_ID');
    expect(codeOf(() => groups.consumerHeartbeat('', {} as never))).toBe('INVALID_REQUEST');
  });

  it('takes no more members than group.consumer.max.size', () => {
    world = new KafkaWorld({ config: { 'group.consumer.max.size': 1 } });
    groups = world.broker.groups;
    new EpochMember('a').send();
    expect(codeOf(() => new EpochMember('b').send())).toBe('GROUP_MAX_SIZE_REACHED');
  });

  it('gives what a member leaves behind to the others', () => {
    const [a, b] = [new EpochMember('a'), new EpochMember('b')];
    a.send();
    b.send();
    expect(a.send({ memberEpoch: -1 })).toMatchObject({ memberEpoch: -1, assignment: null });
    b.send();
    expect(b.held).toHaveLength(4);
    b.send({ memberEpoch: -1 });
    expect(group().state).toBe('Empty');
  });

  it('removes a member that is silent for the session timeout', () => {
    const [a, b] = [new EpochMember('a'), new EpochMember('b')];
    a.send();
    b.send();
    pass(44_999);
    b.send();
    pass(1);
    expect([...group().members.keys()]).toEqual(['b']);
    b.send();
    expect(b.held).toHaveLength(4);
  });

  it('removes a member that does not give up what it shall within its rebalance timeout', () => {
    const [a, b] = [new EpochMember('a'), new EpochMember('b')];
    a.send();
    b.send();
    a.send();
    pass(20_000);
    a.send();
    b.send();
    pass(9_999);
    a.send();
    expect(group().members.size).toBe(2);
    pass(1);
    expect([...group().members.keys()]).toEqual(['b']);
    expect(codeOf(() => a.send())).toBe('UNKNOWN_MEMBER_ID');
  });

  it('keeps the place of a static member that left for a while, and gives it to the next of its name', () => {
    const a = new EpochMember('a', { instanceId: 'i' });
    const b = new EpochMember('b');
    a.send();
    expect(codeOf(() => new EpochMember('a2', { instanceId: 'i' }).send())).toBe('UNRELEASED_INSTANCE_ID');
    expect(codeOf(() => new EpochMember('a', { instanceId: 'i' }).send())).toBe('UNRELEASED_INSTANCE_ID');
    expect(codeOf(() => new EpochMember('a2', { instanceId: 'i' }).send({ memberEpoch: 1 }))).toBe(
      'FENCED_INSTANCE_ID',
    );
    expect(codeOf(() => new EpochMember('a2', { instanceId: 'i' }).send({ memberEpoch: -1 }))).toBe(
      'FENCED_INSTANCE_ID',
    );
    const { owned } = a;
    a.send({ memberEpoch: -2 });
    expect(codeOf(() => a.send({ memberEpoch: 1, owned }))).toBe('FENCED_MEMBER_EPOCH');
    expect(codeOf(() => a.send({ memberEpoch: 0, owned: [{ topicId: idOf('t'), partitions: [0] }] }))).toBe(
      'INVALID_REQUEST',
    );
    b.send();
    expect(b.held).toEqual([]);
    const again = new EpochMember('a2', { instanceId: 'i' });
    expect(again.send()).toMatchObject({ memberEpoch: 2, assignment: [{ topicId: idOf('t'), partitions: [0, 1] }] });
    b.send();
    expect(b.held).toEqual(['t/2', 't/3']);
    expect(group().state).toBe('Stable');
  });

  it('follows subscriptions and topics', () => {
    const a = new EpochMember('a');
    a.send();
    world.broker.createTopic('u', { partitions: 1 });
    expect(a.send({ topics: ['t', 'u'] }).assignment).toHaveLength(2);
    world.broker.cluster.deleteTopic('u');
    expect(a.send().assignment).toEqual([{ topicId: idOf('t'), partitions: [0, 1, 2, 3] }]);
    expect(group().isSubscribedTo('u')).toBe(true);
    a.report();
    world.broker.createTopic('u', { partitions: 2 });
    expect(a.send().assignment).toContainEqual({ topicId: idOf('u'), partitions: [0, 1] });
  });

  it('leaves what a deleted topic had with its member until that has given it up', () => {
    const a = new EpochMember('a', { topics: ['t', 'u'] });
    world.broker.createTopic('u', { partitions: 1 });
    a.send();
    const gone = [...a.owned];
    world.broker.cluster.deleteTopic('u');
    expect(group().assignments('a').current).toEqual([{ topic: 't', partitions: [0, 1, 2, 3] }]);
    expect(a.send({ owned: gone })).toMatchObject({
      memberEpoch: 1,
      assignment: [{ topicId: idOf('t'), partitions: [0, 1, 2, 3] }],
    });
    expect(group().state).toBe('Reconciling');
    expect(a.report()).toMatchObject({ memberEpoch: 2 });
    expect(group().state).toBe('Stable');
  });

  it('subscribes by a pattern', () => {
    const a = new EpochMember('a');
    a.send({ topics: null, topicPattern: 'log-.*' });
    expect(a.held).toEqual([]);
    world.broker.createTopic('log-1', { partitions: 1 });
    a.send();
    expect(a.held).toEqual(['log-1/0']);
    expect([group().isSubscribedTo('log-1'), group().isSubscribedTo('t')]).toEqual([true, false]);
  });

  it('uses the assignor that most members ask for', () => {
    new EpochMember('a', { assignor: 'range' }).send();
    new EpochMember('b', { assignor: 'range' }).send();
    new EpochMember('c', { assignor: 'uniform' }).send();
    expect(group().assignorName).toBe('range');
    expect(group().assignments('a').target).toEqual([{ topic: 't', partitions: [0, 1] }]);
  });

  it('takes commits in the member epoch only, from clients that know it', () => {
    const a = new EpochMember('a');
    a.send();
    const commit = (generationId: number, memberId = 'a', sendsMemberEpoch = true) =>
      codeOf(() =>
        groups.commitOffsets('g', { memberId, instanceId: null, generationId }, [commitOf('t', 0, 1)], {
          sendsMemberEpoch,
        }),
      );
    expect([commit(1), commit(0), commit(1, 'x'), commit(1, 'a', false)]).toEqual([
      'NONE',
      'STALE_MEMBER_EPOCH',
      'UNKNOWN_MEMBER_ID',
      'UNSUPPORTED_VERSION',
    ]);
    const fetch = (memberEpoch: number) =>
      codeOf(() => groups.fetchOffsets('g', undefined, { member: { memberId: 'a', memberEpoch } }));
    expect([fetch(1), fetch(3)]).toEqual(['NONE', 'STALE_MEMBER_EPOCH']);
    expect(codeOf(() => groups.fetchOffsets('g', undefined, { member: { memberId: 'x', memberEpoch: 1 } }))).toBe(
      'UNKNOWN_MEMBER_ID',
    );
    a.send({ memberEpoch: -1 });
    expect(commit(-1, '')).toBe('NONE');
  });

  it('becomes a classic group, and back, only while it is empty', () => {
    const a = new EpochMember('a');
    a.send();
    const classic = new TestMember(groups, 'g', { protocols: protocols() });
    expect(codeOf(() => classic.join())).toBe('GROUP_ID_NOT_FOUND');
    expect(codeOf(() => groups.describe('g'))).toBe('GROUP_ID_NOT_FOUND');
    expect(a.send({ memberEpoch: -1 })).toMatchObject({ memberEpoch: -1, heartbeatIntervalMs: 0 });
    stabilise(classic);
    expect(groups.list()).toMatchObject([{ type: 'classic', state: 'Stable' }]);
    expect(codeOf(() => new EpochMember('b').send())).toBe('GROUP_ID_NOT_FOUND');
    expect(codeOf(() => groups.describeModern('g'))).toBe('GROUP_ID_NOT_FOUND');
    classic.leave();
    // Only who joins makes another group of one that nobody is in.
    expect(codeOf(() => a.send({ memberEpoch: 7 }))).toBe('GROUP_ID_NOT_FOUND');
    new EpochMember('b').send();
    expect(groups.list({ types: ['Consumer'] })).toMatchObject([{ type: 'consumer', state: 'Stable' }]);
  });

  it('looks for topics that came or went when it hears of a member', () => {
    const a = new EpochMember('a');
    a.send();
    const { cluster } = world.broker;
    cluster.deleteTopic('t');
    cluster.createTopic('t', { partitions: 4 });
    expect([group().groupEpoch, group().state]).toEqual([1, 'Stable']);
    a.send();
    expect(group().groupEpoch).toBe(2);
  });

  it('survives a restart and a snapshot, with sessions that begin anew', () => {
    const [a, b] = [new EpochMember('a'), new EpochMember('b')];
    a.send();
    b.send();
    a.send();
    const saved = groups.snapshot();
    pass(40_000 - 15_000);
    world.broker.restart();
    expect(a.report()).toMatchObject({ memberEpoch: 2 });
    groups.restore(saved);
    expect(group().members.get('a')).toMatchObject({ epoch: 1, state: 'unrevoked' });
    expect(a.send({ memberEpoch: 1, owned: a.owned })).toMatchObject({ memberEpoch: 2 });
    pass(45_000);
    expect(group().state).toBe('Empty');
  });

  it('prop: K8 no partition has two holders at any time, and in the end each has one', () => {
    const step = fc.record({
      kind: fc.constantFrom('join', 'leave', 'silence', 'beat', 'beat', 'report', 'time'),
      who: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        world = new KafkaWorld();
        world.broker.createTopic('t', { partitions: 5 });
        groups = world.broker.groups;
        const live = new Map<number, EpochMember>();
        let born = 0;
        /** What clients do: who is told that it is out drops everything and joins anew. */
        const act = (who: number, member: EpochMember, reports: boolean) => {
          const code = codeOf(() => (reports ? member.report() : member.send()));
          if (code === 'NONE') return;
          const anew = new EpochMember(member.id);
          live.set(who, anew);
          anew.send();
        };
        const check = () => {
          const held = [...live.values()].flatMap((member) => member.held);
          expect(new Set(held).size).toBe(held.length);
        };
        for (const { kind, who } of steps) {
          const member = live.get(who);
          if (kind === 'time') {
            pass(10_000);
            for (const [at, one] of live) act(at, one, true); // nobody else falls silent
          } else if (!member) {
            if (kind !== 'join') continue;
            const anew = new EpochMember(`m${born++}`);
            live.set(who, anew);
            anew.send();
          } else if (kind === 'leave' || kind === 'silence') {
            if (kind === 'leave') codeOf(() => member.send({ memberEpoch: -1 }));
            live.delete(who);
          } else act(who, member, kind === 'report');
          check();
        }
        for (let round = 0; round < 12; round++) {
          for (const [at, one] of live) act(at, one, true);
          check();
          pass(5_000);
        }
        const held = [...live.values()].flatMap((member) => member.held);
        expect(held.sort()).toEqual(live.size > 0 ? [0, 1, 2, 3, 4].map((index) => `t/${index}`) : []);
        if (live.size > 0) expect(group().state).toBe('Stable');
      }),
      { numRuns: 1_000 },
    );
  });
});
