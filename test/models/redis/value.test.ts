import { describe, expect, it } from 'vitest';
import { HashValue } from '../../../src/models/redis/hash-value.js';
import { ListValue } from '../../../src/models/redis/list-value.js';
import { SetValue } from '../../../src/models/redis/set-value.js';
import { SortedSetValue } from '../../../src/models/redis/sorted-set-value.js';
import { StreamValue } from '../../../src/models/redis/stream-value.js';
import {
  cloneValue,
  estimateBytes,
  loadValue,
  type RedisValue,
  saveValue,
  typeName,
} from '../../../src/models/redis/value.js';

const stream = new StreamValue();
stream.append({ id: 5n, fields: ['f', 'v'] }, { entries: 1, bytes: 0 });

const values: ReadonlyArray<readonly [string, RedisValue]> = [
  ['string', 'text'],
  ['hash', HashValue.load([['f', 'v']])],
  ['list', ListValue.load(['a', 'b'])],
  ['set', SetValue.load(['a'])],
  ['zset', SortedSetValue.load([['a', 1]])],
  ['stream', stream],
];

describe('a value', () => {
  it.each(values)('of type %s is the same after saving and after copying', (name, value) => {
    expect(typeName(value)).toBe(name);
    expect(saveValue(loadValue(saveValue(value)))).toEqual(saveValue(value));
    expect(saveValue(cloneValue(value))).toEqual(saveValue(value));
    expect(estimateBytes('k', loadValue(saveValue(value)))).toBe(estimateBytes('k', value));
  });
});
