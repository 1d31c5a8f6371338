import { expect, test } from 'vitest';
import { checkTopicName, collisionKey, isInternalTopic } from '../../../src/models/kafka/topic-name.js';

test('names of 1 to 249 letters, digits, dots, underscores and dashes are accepted', () => {
  for (const name of ['a', 'A-b_c.9', 'x'.repeat(249), '__proto__', 'constructor']) checkTopicName(name);
  for (const name of ['', '.', '..', 'x'.repeat(250), 'ä', 'a\n', 'a/b', 'a b']) {
    expect(() => checkTopicName(name)).toThrow('Topic name is invalid');
  }
});

test('dots and underscores are the same in the name of a metric', () => {
  expect(collisionKey('a.b_c')).toBe(collisionKey('a_b.c'));
  expect([isInternalTopic('__consumer_offsets'), isInternalTopic('__proto__')]).toEqual([true, false]);
});
