import { describe, expect, it } from 'vitest';
import { Consumer, ConsumerGroup } from '../../../src/models/redis/stream-group.js';

function groupOf(...names: string[]): ConsumerGroup {
  const group = new ConsumerGroup('g', 0n, undefined);
  for (const name of names) group.consumers.set(name, new Consumer(name, 1));
  return group;
}

describe('a consumer group', () => {
  it('has every pending entry in exactly one consumer', () => {
    const group = groupOf('a', 'b');
    const [a, b] = group.sortedConsumers() as [Consumer, Consumer];
    group.assign(1n, a, 10, 1);
    group.assign(1n, b, 20, 2);
    expect([a.pending.size, b.pending.size, group.pending.size]).toEqual([0, 1, 1]);
    expect(group.pending.get(1n)).toBe(b.pending.get(1n));
    expect([group.acknowledge(1n), group.acknowledge(1n)]).toEqual([true, false]);
    expect(b.pending.size).toBe(0);
  });

  it('forgets the pending entries of a consumer that goes', () => {
    const group = groupOf('a');
    group.assign(1n, group.consumers.get('a') as Consumer, 10, 1);
    expect([group.removeConsumer('a'), group.removeConsumer('a')]).toEqual([1, undefined]);
    expect(group.pending.size).toBe(0);
  });

  it('is the same after it was saved and loaded', () => {
    const group = groupOf('b', 'a');
    group.assign(3n, group.consumers.get('b') as Consumer, 10, 4);
    group.entriesRead = 7;
    expect(ConsumerGroup.load(group.save()).save()).toEqual(group.save());
    expect(group.sortedConsumers().map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
