import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClusterSlots, keySlot, SLOT_COUNT } from '../../../src/models/redis/cluster.js';

test('slots are those that Redis computes', () => {
  const known = { foo: 12_182, '{foo}bar': 12_182, 'foo{}{bar}': 8_363, 'foo{{bar}}zap': 4_015, '123456789': 12_739 };
  for (const [key, slot] of Object.entries(known)) expect(keySlot(key)).toBe(slot);
  expect(keySlot('')).toBe(0);
});

test('prop: keys with the same tag share a slot', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string(), (tag, a, b) => {
      fc.pre(!/[{}]/.test(tag + a + b));
      expect(keySlot(`${a}{${tag}}${b}`)).toBe(keySlot(tag));
    }),
  );
});

test('gives slots away and takes them back', () => {
  const slots = new ClusterSlots();
  expect(slots.ranges).toEqual([[0, SLOT_COUNT - 1]]);
  slots.remove([0, 5]);
  expect(slots.owns(5)).toBe(false);
  expect(slots.ownedCount).toBe(SLOT_COUNT - 2);
  expect(slots.ranges).toEqual([
    [1, 4],
    [6, SLOT_COUNT - 1],
  ]);
  slots.add([5]);
  slots.reset();
  expect(slots.ranges).toEqual([[0, SLOT_COUNT - 1]]);
});

test('a mistake changes nothing', () => {
  const slots = new ClusterSlots();
  expect(() => slots.add([1])).toThrow('Slot 1 is already busy');
  expect(() => slots.remove([1, 1])).toThrow('Slot 1 specified multiple times');
  slots.remove([1]);
  expect(() => slots.remove([2, 1])).toThrow('Slot 1 is already unassigned');
  expect(slots.owns(2)).toBe(true);
});
