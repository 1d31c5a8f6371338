import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeAssignment,
  decodeGenerationUserData,
  decodeStickyUserData,
  decodeSubscription,
  encodeAssignment,
  encodeStickyUserData,
  encodeSubscription,
} from '../../../src/models/kafka/consumer-protocol.js';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const shown = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('consumer protocol', () => {
  it('reads and writes subscriptions as Java does', () => {
    const v3 = '00030000000100027431ffffffff00000001000274310000000200000000000000020000000400027231';
    const owned = [{ topic: 't1', partitions: [0, 2] }];
    const subscription = { topics: ['t1'], userData: null, owned, generation: 4, rack: 'r1' };
    expect(decodeSubscription(hex(v3))).toEqual(subscription);
    expect(shown(encodeSubscription(subscription))).toBe(v3);
    expect(decodeSubscription(hex('00010000000100027431ffffffff00000001000274310000000100000000'))).toEqual({
      ...subscription,
      owned: [{ topic: 't1', partitions: [0] }],
      generation: -1,
      rack: null,
    });
    expect(decodeSubscription(hex('0000000000010002743100000000'))).toMatchObject({ topics: ['t1'], owned: [] });
  });

  it('reads and writes assignments as Java does', () => {
    const v3 = '00030000000100027431000000020000000000000002ffffffff';
    expect(decodeAssignment(hex(v3))).toEqual([{ topic: 't1', partitions: [0, 2] }]);
    expect(shown(encodeAssignment([{ topic: 't1', partitions: [0, 2] }]))).toBe(v3);
    expect(decodeAssignment(new Uint8Array(0))).toEqual([]);
  });

  it('reads what a higher version has in common, and refuses what is none', () => {
    expect(decodeSubscription(hex('00090000000100027431ffffffff00000000ffffffffffff99'))?.topics).toEqual(['t1']);
    expect(decodeSubscription(hex('ffff0000000100027431ffffffff'))).toBeUndefined();
    expect(decodeAssignment(hex('ffff00000000'))).toBeUndefined();
    expect(decodeSubscription(hex('00007fffffff'))).toBeUndefined();
  });

  it('keeps ownership and generation in user data', () => {
    const owned = [{ topic: 't', partitions: [1] }];
    expect(decodeStickyUserData(encodeStickyUserData(owned, 7))).toEqual({ owned, generation: 7 });
    expect(decodeStickyUserData(hex('0000'))).toBeUndefined();
    expect([decodeGenerationUserData(hex('00000007')), decodeGenerationUserData(hex(''))]).toEqual([7, -1]);
  });

  it('prop: what is written is read back, and no bytes make it throw', () => {
    const topic = fc.string({ unit: 'grapheme', maxLength: 5 });
    const owned = fc.array(fc.record({ topic, partitions: fc.array(fc.nat(), { maxLength: 3 }) }), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(topic, { maxLength: 3 }),
        owned,
        fc.nat(),
        fc.uint8Array(),
        (topics, held, generation, junk) => {
          const subscription = { topics, userData: null, owned: held, generation, rack: null };
          expect(decodeSubscription(encodeSubscription(subscription))).toEqual(subscription);
          expect(decodeAssignment(encodeAssignment(held))).toEqual(held);
          decodeSubscription(junk);
          decodeAssignment(junk);
          decodeStickyUserData(junk);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
