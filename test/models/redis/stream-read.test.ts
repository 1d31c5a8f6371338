import { describe, expect, it } from 'vitest';
import { Consumer, ConsumerGroup } from '../../../src/models/redis/stream-group.js';
import { autoClaim, claim, lagOf, readHistory, readNew } from '../../../src/models/redis/stream-read.js';
import { StreamValue } from '../../../src/models/redis/stream-value.js';

function world(count: number) {
  const stream = new StreamValue();
  for (let id = 1n; id <= count; id++) stream.append({ id, fields: ['f', 'v'] }, { entries: 100, bytes: 0 });
  const group = new ConsumerGroup('g', 0n, 0);
  const consumer = new Consumer('c', 0);
  group.consumers.set('c', consumer);
  return { stream, group, consumer };
}

const ids = (entries: ReadonlyArray<{ readonly id: bigint }>) => entries.map(({ id }) => id);

describe('reading in a group', () => {
  it('gives every entry once, and makes it pending', () => {
    const { stream, group, consumer } = world(5);
    expect(ids(readNew(stream, group, consumer, { count: 2, noAck: false, nowMs: 9 }))).toEqual([1n, 2n]);
    expect(ids(readNew(stream, group, consumer, { count: 0, noAck: true, nowMs: 9 }))).toEqual([3n, 4n, 5n]);
    expect([group.pending.size, group.lastId, group.entriesRead, lagOf(stream, group)]).toEqual([2, 5n, 5, 0]);
  });

  it('shows a consumer its history, with what was deleted meanwhile', () => {
    const { stream, group, consumer } = world(3);
    readNew(stream, group, consumer, { count: 0, noAck: false, nowMs: 1 });
    stream.delete(2n);
    const history = readHistory(stream, consumer, 1n, { count: 0, nowMs: 5 });
    expect(history.map(({ id, entry }) => [id, entry !== undefined])).toEqual([
      [2n, false],
      [3n, true],
    ]);
    expect(consumer.pending.get(3n)?.deliveryCount).toBe(2);
  });

  it('does not know the lag when entries ahead were deleted', () => {
    const { stream, group, consumer } = world(5);
    readNew(stream, group, consumer, { count: 1, noAck: false, nowMs: 1 });
    expect(lagOf(stream, group)).toBe(4);
    stream.delete(3n);
    expect(lagOf(stream, group)).toBeUndefined();
    expect(lagOf(new StreamValue(), group)).toBe(0);
  });
});

describe('taking over', () => {
  const options = { minIdleMs: 10, nowMs: 100, justId: false };

  it('takes idle entries, makes missing ones with force and drops deleted ones', () => {
    const { stream, group, consumer } = world(4);
    const other = new Consumer('d', 0);
    group.assign(1n, consumer, 50, 1);
    group.assign(2n, consumer, 95, 1);
    group.assign(3n, consumer, 50, 1);
    stream.delete(3n);
    const claimed = claim(stream, group, [1n, 2n, 3n, 4n], () => other, { ...options, deliveredMs: 100, force: true });
    expect(ids(claimed)).toEqual([1n, 4n]);
    expect([...other.pending.from(0n)].map(([id, entry]) => [id, entry.deliveryCount])).toEqual([
      [1n, 2],
      [4n, 2],
    ]);
    expect(group.pending.has(3n)).toBe(false);
  });

  it('goes on where the last call ended', () => {
    const { stream, group, consumer } = world(5);
    for (let id = 1n; id <= 5n; id++) group.assign(id, consumer, 0, 1);
    stream.delete(2n);
    const first = autoClaim(stream, group, 0n, 3, () => consumer, options);
    expect([ids(first.entries), first.deleted, first.next]).toEqual([[1n, 3n], [2n], 4n]);
    const second = autoClaim(stream, group, first.next, 3, () => consumer, { ...options, nowMs: 200 });
    expect([ids(second.entries), second.deleted, second.next]).toEqual([[4n, 5n], [], 0n]);
  });
});
