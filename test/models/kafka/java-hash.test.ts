import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../src/models/kafka/java-hash.js';

describe('bucketOf', () => {
  it('is the place in a new table', () => {
    // "A".hashCode() is 65, "range".hashCode() 108280125, "" has none.
    expect(['', 'A', 'P', 'Q'].map(bucketOf)).toEqual([0, 1, 0, 1]);
    expect(bucketOf('range')).toBe((108_280_125 ^ (108_280_125 >>> 16)) & 15);
  });

  it('goes by UTF-16 and wraps at 32 bits', () => {
    // "roundrobin".hashCode() is -128548644.
    expect(bucketOf('roundrobin')).toBe((-128_548_644 ^ (-128_548_644 >>> 16)) & 15);
    expect(bucketOf('\u{1F600}')).toBe((1_772_899 ^ (1_772_899 >>> 16)) & 15);
  });
});
