import { beforeEach, describe, expect, it } from 'vitest';
import { ClassicMember } from '../../../src/models/kafka/group-member.js';
import { GroupRoster } from '../../../src/models/kafka/group-roster.js';
import { bytes, codeOf, protocols } from '../../helpers/kafka-group.js';

let roster: GroupRoster;

beforeEach(() => {
  roster = new GroupRoster('g');
  roster.protocolType = 'consumer';
});

function joined(memberId: string, names: string[], instanceId: string | null = null, topics = ['t']): ClassicMember {
  const member = new ClassicMember(memberId, {
    instanceId,
    clientId: 'c',
    clientHost: '/127.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    protocols: protocols(names, topics),
  });
  roster.add(member);
  return member;
}

describe('GroupRoster', () => {
  it('chooses the protocol that most members put first among those that all of them know', () => {
    joined('a', ['own', 'range', 'sticky']);
    joined('b', ['sticky', 'range']);
    joined('c', ['sticky', 'range']);
    roster.beginGeneration();
    expect([roster.generationId, roster.protocolName]).toEqual([1, 'sticky']);
  });

  // Kafka 3.9.1 chose these whichever member came first.
  it.each([
    ['range', 'roundrobin', 'range'],
    ['sticky', 'range', 'sticky'],
    ['cooperative-sticky', 'range', 'range'],
    ['cooperative-sticky', 'sticky', 'sticky'],
    ['RoundRobinAssigner', 'range', 'range'],
    ['A', 'P', 'P'],
  ])('chooses between %s and %s, with equal votes, as the tables of Java do: %s', (one, other, chosen) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      roster = new GroupRoster('g');
      joined('a', [first, second]);
      joined('b', [second, first]);
      roster.beginGeneration();
      expect(roster.protocolName).toBe(chosen);
    }
  });

  it('knows what the members read, and only then', () => {
    joined('a', ['range'], null, ['t', 'u']);
    roster.beginGeneration();
    expect(['t', 'u', 'v'].map((topic) => roster.isSubscribedTo(topic))).toEqual([true, true, false]);
    const other = joined('b', ['range']);
    other.protocols = [{ name: 'range', metadata: bytes('?') }];
    roster.beginGeneration();
    expect(roster.isSubscribedTo('v')).toBe(true);
    roster.becomeEmpty();
    expect(roster.isSubscribedTo('t')).toBe(false);
  });

  it('passes the lead on when the leader goes, and keeps it for one that comes back under another id', () => {
    const a = joined('a', ['range'], 'i');
    joined('b', ['range']);
    roster.rename(a, 'a2');
    expect([roster.leaderId, roster.members.has('a')]).toEqual(['a2', false]);
    expect(codeOf(() => roster.checkMember('a', 'i'))).toBe('FENCED_INSTANCE_ID');
    expect(codeOf(() => roster.checkMember('a', null))).toBe('UNKNOWN_MEMBER_ID');
    expect(roster.checkMember('a2', 'i')).toBe(a);
    roster.remove(a);
    expect([roster.leaderId, roster.staticMembers.size]).toEqual(['b', 0]);
    expect(codeOf(() => roster.checkGeneration(1))).toBe('ILLEGAL_GENERATION');
  });

  it('is the same after a record', () => {
    joined('a', ['range'], 'i').assignment = bytes('share');
    roster.beginGeneration();
    const record = roster.toRecord(7);
    const again = new GroupRoster('g');
    again.load(record);
    expect(again.toRecord(7)).toEqual(record);
    expect(again.isSubscribedTo('t')).toBe(true);
    expect(again.joinAnswer(again.checkMember('a', 'i'), true)).toMatchObject({ leaderId: 'a', generationId: 1 });
  });
});
