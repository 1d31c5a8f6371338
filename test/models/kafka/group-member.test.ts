import { describe, expect, it } from 'vitest';
import { ClassicMember } from '../../../src/models/kafka/group-member.js';
import { bytes, text } from '../../helpers/kafka-group.js';

const request = {
  instanceId: null,
  clientId: 'c',
  clientHost: '/127.0.0.1',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: -1,
  protocols: [{ name: 'range', metadata: bytes('a') }],
};

describe('ClassicMember', () => {
  it('owns a copy of what it was told', () => {
    const metadata = bytes('a');
    const member = new ClassicMember('m', { ...request, protocols: [{ name: 'range', metadata }] });
    metadata[0] = 0;
    expect(text(member.metadata('range'))).toBe('a');
    expect(member.metadata('none').length).toBe(0);
    expect([member.offers('range'), member.offers('none')]).toEqual([true, false]);
  });

  it('sees whether the same is offered again', () => {
    const member = new ClassicMember('m', request);
    expect(member.offersSame([{ name: 'range', metadata: bytes('a') }])).toBe(true);
    expect(member.offersSame([{ name: 'range', metadata: bytes('b') }])).toBe(false);
    expect(member.offersSame([{ name: 'sticky', metadata: bytes('a') }])).toBe(false);
    expect(member.offersSame([])).toBe(false);
  });

  it('goes into a record and back; its rebalance timeout is its session by default', () => {
    const member = new ClassicMember('m', request);
    expect(member.rebalanceTimeoutMs).toBe(10_000);
    expect(new ClassicMember('m', member.toRecord()).toRecord()).toEqual(member.toRecord());
  });
});
