import { expect, it } from 'vitest';
import { samePlaces, toPlaces, topicOf, toTopicPartitions } from '../../../src/models/kafka/place.js';

it('places are texts of topic and partition, and come back sorted', () => {
  const places = toPlaces([{ topic: 'a/b', partitions: [10, 2] }]);
  expect(places).toEqual(['a/b/10', 'a/b/2']);
  expect(topicOf('a/b/10')).toBe('a/b');
  expect(toTopicPartitions(new Set(places))).toEqual([{ topic: 'a/b', partitions: [2, 10] }]);
});

it('two sets of places are the same in any order', () => {
  expect(samePlaces(new Set(['t/0', 't/1']), new Set(['t/1', 't/0']))).toBe(true);
  expect(samePlaces(new Set(['t/0']), new Set(['t/1']))).toBe(false);
  expect(samePlaces(new Set(['t/0']), new Set(['t/0', 't/1']))).toBe(false);
});
