import { describe, expect, it } from 'vitest';
import { ModernMember } from '../../../src/models/kafka/modern-member.js';
import { assignTargets, preferredAssignor } from '../../../src/models/kafka/target-assignment.js';

function wanting(memberId: string, assignor: string | null): ModernMember {
  const member = new ModernMember(memberId);
  member.assignor = assignor;
  return member;
}

describe('targets of a group with epochs', () => {
  it('are made by the assignor that most members ask for, or the first of the group', () => {
    const members = [wanting('a', 'range'), wanting('b', 'uniform'), wanting('c', 'range'), wanting('d', null)];
    expect(preferredAssignor(members, ['uniform', 'range'])).toBe('range');
    expect(preferredAssignor([wanting('a', null)], ['range', 'uniform'])).toBe('range');
    expect(preferredAssignor([], [])).toBe('uniform');
  });

  it('give every partition to one member that reads its topic', () => {
    const [a, b] = [wanting('a', null), wanting('b', null)];
    const topics = new Map([
      [a, ['t', 'own']],
      [b, ['t']],
    ]);
    const found = new Map([
      ['t', { id: 'T', partitionCount: 2 }],
      ['own', { id: 'OWN', partitionCount: 1 }],
    ]);
    assignTargets([a, b], topics, found, 'range', 0);
    expect([...a.target].sort()).toEqual(['OWN/0', 'T/0']);
    expect([...b.target]).toEqual(['T/1']);
  });
});
