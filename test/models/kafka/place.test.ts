import { expect, it } from 'vitest';
import { samePlaces, toHeldPartitions, toPlaces } from '../../../src/models/kafka/place.js';

it('places are texts of topic and partition, and come back sorted', () => {
  const places = toPlaces([{ topicId: 'a/b', partitions: [10, 2] }]);
  expect(places).toEqual(['a/b/10', 'a/b/2']);
  expect(toHeldPartitions(new Set(places))).toEqual([{ topicId: 'a/b', partitions: [2, 10] }]);
});

it('two sets of places are the same in any order', () => {
  expect(samePlaces(new Set(['t/0', 't/1']), new Set(['t/1', 't/0']))).toBe(true);
  expect(samePlaces(new Set(['t/0']), new Set(['t/1']))).toBe(false);
  expect(samePlaces(new Set(['t/0']), new Set(['t/0', 't/1']))).toBe(false);
});
