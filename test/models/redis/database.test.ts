import { expect, test } from 'vitest';
import { Database } from '../../../src/models/redis/database.js';

test('knows which keys have an end', () => {
  const database = new Database(3);
  database.put('k', { value: 'v', expireAtMs: 10, usedAtMs: 0 });
  database.put('l', { value: 'v', expireAtMs: undefined, usedAtMs: 0 });
  expect([...database.volatile]).toEqual(['k']);
  const entry = database.entries.get('l');
  if (entry) database.setExpiry('l', entry, 20);
  expect([...database.volatile]).toEqual(['k', 'l']);
  expect(database.remove('k')?.value).toBe('v');
  expect(database.remove('k')).toBeUndefined();
  expect([...database.volatile]).toEqual(['l']);
  database.clear();
  expect(database.entries.size + database.volatile.size).toBe(0);
});

test('a key that is overwritten keeps its place', () => {
  const database = new Database(0);
  for (const key of ['a', 'b', 'a']) database.put(key, { value: key, expireAtMs: undefined, usedAtMs: 0 });
  expect([...database.entries.keys()]).toEqual(['a', 'b']);
});
