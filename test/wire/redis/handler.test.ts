import { expect, test } from 'vitest';
import { argumentsAt, arityFits, command } from '../../../src/wire/redis/handler.js';

test('a definition tells flags and categories in the order that clients see', () => {
  const subscribe = command('subscribe -2 tlsp', () => '');
  expect([...subscribe.flags]).toEqual(['pubsub', 'noscript', 'loading', 'stale']);
  expect(subscribe.categories).toEqual(['pubsub', 'slow']);
  expect(command('role 1 F', { categories: ['dangerous', 'admin'] }).categories).toEqual([
    'admin',
    'fast',
    'dangerous',
  ]);
});

test('arity counts the name, negative is at least', () => {
  const get = command('get 2', () => '');
  const del = command('del -2', { arityIn70: -3 });
  expect([1, 2, 3].map((count) => arityFits(get, count, '7.2'))).toEqual([false, true, false]);
  expect([1, 2, 3].map((count) => arityFits(del, count, '7.2'))).toEqual([false, true, true]);
  expect(arityFits(del, 2, '7.0')).toBe(false);
});

test('finds the arguments of a span', () => {
  expect(argumentsAt([1, -1, 1], ['del', 'a', 'b'])).toEqual(['a', 'b']);
  expect(argumentsAt([1, -1, 2], ['mset', 'a', '1', 'b', '2'])).toEqual(['a', 'b']);
  expect(argumentsAt([0, 0, 0], ['ping', 'a'])).toEqual([]);
});
