import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from '../../src/core/heap.js';

const drain = (heap: Heap<number>): number[] => {
  const out: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) out.push(item);
  return out;
};

it('an empty heap has nothing to give', () => {
  const heap = new Heap<number>((a, b) => a < b);
  expect([heap.size, heap.peek(), heap.pop()]).toEqual([0, undefined, undefined]);
});

it('prop: gives its elements in order, also after some were filtered out', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 5 }), (items, divisor) => {
      const heap = new Heap<number>((a, b) => a < b);
      for (const item of items) heap.push(item);
      expect(heap.peek()).toBe(items.length === 0 ? undefined : Math.min(...items));
      heap.retain((item) => item % divisor === 0);
      const kept = items.filter((item) => item % divisor === 0).sort((a, b) => a - b);
      expect(heap.size).toBe(kept.length);
      expect(drain(heap)).toEqual(kept);
    }),
  );
});
