import { describe, expect, it } from 'vitest';
import { ModernMember } from '../../../src/models/kafka/modern-member.js';

const heartbeat = {
  memberId: 'm',
  memberEpoch: 0,
  instanceId: 'i',
  rackId: 'r',
  rebalanceTimeoutMs: 5,
  topics: ['b', 'a', 'a'],
  topicPattern: null,
  assignor: null,
  owned: [],
  clientId: 'c',
  clientHost: '/127.0.0.1',
};
const quiet = { ...heartbeat, instanceId: null, rackId: null, rebalanceTimeoutMs: -1, topics: null, owned: null };

describe('ModernMember', () => {
  it('keeps what a heartbeat does not repeat, and tells what is new', () => {
    const member = new ModernMember('m');
    expect(member.update(heartbeat)).toBe(true);
    expect(member.update(quiet)).toBe(false);
    expect(member).toMatchObject({ instanceId: 'i', rackId: 'r', rebalanceTimeoutMs: 5, topics: ['a', 'b'] });
    expect(member.update({ ...quiet, topicPattern: 'x.*' })).toBe(true);
    // Who assigns is asked when there is something new to assign.
    expect(member.update({ ...quiet, assignor: 'range' })).toBe(false);
    expect(member.assignor).toBe('range');
    member.update({ ...quiet, topicPattern: '' });
    expect(member.topicPattern).toBeNull();
  });

  it('remembers the epoch before', () => {
    const member = new ModernMember('m');
    member.enterEpoch(3);
    member.enterEpoch(3);
    expect([member.epoch, member.previousEpoch]).toEqual([3, 0]);
  });

  it('goes into a record and back, also under another id', () => {
    const member = new ModernMember('m');
    member.update(heartbeat);
    member.assigned = new Set(['t/0']);
    expect(ModernMember.fromRecord(member.toRecord()).toRecord()).toEqual(member.toRecord());
    expect(ModernMember.fromRecord(member.toRecord(), 'n')).toMatchObject({ memberId: 'n', topics: ['a', 'b'] });
  });
});
