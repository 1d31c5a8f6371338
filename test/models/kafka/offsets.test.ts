import { describe, expect, it } from 'vitest';
import { type CommittedOffset, GroupOffsets } from '../../../src/models/kafka/offsets.js';

const at = (offset: number, committedAtMs = 0): CommittedOffset => ({
  offset,
  leaderEpoch: -1,
  metadata: '',
  committedAtMs,
});

describe('GroupOffsets', () => {
  it('keeps the last commit of each partition', () => {
    const offsets = new GroupOffsets();
    offsets.commit('t', 0, at(1));
    offsets.commit('t', 0, at(2));
    offsets.commit('__proto__', 0, at(3));
    expect(offsets.get('t', 0)?.offset).toBe(2);
    expect(offsets.get('t', 1)).toBeUndefined();
    expect([offsets.size, offsets.empty]).toEqual([2, false]);
    expect(offsets.entries().map(({ topic }) => topic)).toEqual(['t', '__proto__']);
    expect([offsets.delete('t', 0), offsets.delete('t', 0)]).toEqual([true, false]);
  });

  it('lets pending offsets count when their transaction commits, unless a later commit came in between', () => {
    const offsets = new GroupOffsets();
    offsets.commitPending(7, 't', 0, at(5));
    offsets.commitPending(7, 't', 1, at(5));
    offsets.commit('t', 1, at(9));
    expect([offsets.isPending('t', 0), offsets.isPending('t', 2), offsets.empty]).toEqual([true, false, false]);
    offsets.endTransaction(8, true);
    offsets.endTransaction(7, true);
    expect([offsets.get('t', 0)?.offset, offsets.get('t', 1)?.offset]).toEqual([5, 9]);
    offsets.commitPending(7, 't', 0, at(6));
    offsets.endTransaction(7, false);
    expect(offsets.get('t', 0)?.offset).toBe(5);
  });

  it('forgets deleted topics, pending ones included, and old offsets', () => {
    const offsets = new GroupOffsets();
    offsets.commit('t', 0, at(1, 10));
    offsets.commit('u', 0, at(1, 20));
    offsets.commitPending(7, 't', 1, at(5));
    offsets.commitPending(7, 'u', 0, at(5));
    offsets.deleteTopic('t');
    expect(offsets.isPending('t', 1)).toBe(false);
    offsets.expire(() => true);
    expect(offsets.size).toBe(1);
    offsets.endTransaction(7, false);
    offsets.expire((_topic, { committedAtMs }) => committedAtMs <= 20);
    expect(offsets.empty).toBe(true);
  });

  it('goes into a record and back', () => {
    const offsets = new GroupOffsets();
    offsets.commit('t', 0, at(1));
    offsets.commitPending(7, 't', 0, at(5));
    const copy = new GroupOffsets();
    copy.load(offsets.toRecord());
    copy.endTransaction(7, true);
    expect([offsets.get('t', 0)?.offset, copy.get('t', 0)?.offset]).toEqual([1, 5]);
  });
});
