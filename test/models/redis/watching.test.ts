import { expect, test } from 'vitest';
import { Database, type Entry } from '../../../src/models/redis/database.js';
import { type Watch, Watching } from '../../../src/models/redis/watching.js';

const NOW = 1_000;

function database(index: number, keys: Record<string, number | undefined> = {}): Database {
  const made = new Database(index);
  for (const [key, expireAtMs] of Object.entries(keys)) made.put(key, { value: 'v', expireAtMs, usedAtMs: 0 });
  return made;
}

function watched(expired = false) {
  const watching = new Watching((entry: Entry) => (entry.expireAtMs ?? Infinity) <= NOW);
  let changes = 0;
  const watch: Watch = { db: 0, key: 'k', expired, changed: () => changes++ };
  return { watching, watch, stop: watching.add(watch), changes: () => changes };
}

test('every change of the key in its database is told until watching stops', () => {
  const { watching, stop, changes } = watched();
  watching.touch(0, 'k', true);
  watching.touch(0, 'k', false);
  watching.touch(0, 'other', true);
  watching.touch(1, 'k', true);
  expect(changes()).toBe(2);
  stop();
  stop();
  watching.touch(0, 'k', true);
  expect(changes()).toBe(2);
});

test('a key that had expired may go once, but not come back', () => {
  const { watching, watch, changes } = watched(true);
  watching.touch(0, 'k', false);
  expect([watch.expired, changes()]).toEqual([false, 0]);
  watching.touch(0, 'k', true);
  expect(changes()).toBe(1);
});

test('a database that is emptied changes the keys that it had', () => {
  const { watching, changes } = watched();
  watching.replace(database(0, { other: undefined }));
  watching.replace(database(1, { k: undefined }));
  expect(changes()).toBe(0);
  watching.replace(database(0, { k: undefined }));
  expect(changes()).toBe(1);
});

test('a database that takes the place of another brings no change with what has expired', () => {
  const { watching, watch, changes } = watched();
  watching.replace(database(0), database(1, { k: NOW }));
  expect([watch.expired, changes()]).toEqual([true, 0]);
  watching.replace(database(0, { k: NOW }), database(1, { k: NOW - 1 }));
  expect([watch.expired, changes()]).toEqual([true, 0]);
  watching.replace(database(0, { k: NOW }), database(1, { k: NOW + 1 }));
  expect(changes()).toBe(1);
});

test('nobody is told after everything was cleared', () => {
  const { watching, changes } = watched();
  watching.clear();
  watching.touch(0, 'k', true);
  expect(changes()).toBe(0);
});
