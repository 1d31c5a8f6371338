import { describe, expect, it } from 'vitest';
import { HeldPlaces } from '../../../src/models/kafka/held-places.js';
import { ModernMember } from '../../../src/models/kafka/modern-member.js';

const give = (member: ModernMember, ...places: string[]) => {
  member.target = new Set(places);
};

describe('HeldPlaces', () => {
  it('gives a place to the next member when the old one has said that it gave it up', () => {
    const held = new HeldPlaces();
    const [a, b] = [new ModernMember('a'), new ModernMember('b')];
    give(a, 't/0', 't/1');
    expect(held.reconcile(a, [], 1)).toBe(false);
    expect([...a.assigned]).toEqual(['t/0', 't/1']);

    give(a, 't/0');
    give(b, 't/1');
    expect(held.reconcile(b, [], 2)).toBe(false);
    expect([b.state, [...b.assigned]]).toEqual(['unreleased', []]);
    expect(held.reconcile(a, null, 2)).toBe(true);
    expect([a.state, [...a.revoking], a.epoch]).toEqual(['unrevoked', ['t/1'], 1]);
    expect(held.reconcile(a, [{ topicId: 't', partitions: [0, 1] }], 2)).toBe(false);
    expect(a.state).toBe('unrevoked');

    held.reconcile(a, [{ topicId: 't', partitions: [0] }], 2);
    expect([a.state, a.epoch]).toEqual(['stable', 2]);
    held.reconcile(b, [], 2);
    expect([b.state, [...b.assigned]]).toEqual(['stable', ['t/1']]);
  });

  it('frees what a member moves away from', () => {
    const held = new HeldPlaces();
    const [a, b] = [new ModernMember('a'), new ModernMember('b')];
    held.move(a, new Set(['t/0']), new Set());
    give(b, 't/0');
    held.reconcile(b, [], 1);
    expect(b.assigned.size).toBe(0);
    held.move(a, new Set(), new Set());
    held.reconcile(b, [], 1);
    expect([...b.assigned]).toEqual(['t/0']);
  });
});
