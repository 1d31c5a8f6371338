import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, packCanonical, unpack, unpackCanonical } from '../../src/core/codec.js';

describe('MessagePack', () => {
  it('writes plain MessagePack that every other implementation reads', () => {
    expect(Buffer.from(pack({ a: 1, b: [true, null, 'x'] })).toString('hex')).toBe('82a16101a16293c3c0a178');
  });

  it('never makes a name a prototype: the package renames the one that could be', () => {
    expect(unpack(pack(JSON.parse('{"__proto__":{"admin":true}}')))).toEqual({ __proto_: { admin: true } });
    expect(unpack(Buffer.from('81a95f5f70726f746f5f5fc3', 'hex'))).not.toHaveProperty('admin');
  });

  it('prop: gives back JSON values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const plain = JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto'));
        expect(unpack(pack(plain))).toEqual(plain);
      }),
    );
  });
});

describe('canonical bytes', () => {
  it('do not depend on the order in which maps and objects were filled', () => {
    const one = packCanonical(
      new Map<string, unknown>([
        ['b', { y: 1, x: 2 }],
        [
          'a',
          [
            new Map([
              [2, 'two'],
              [1, 'one'],
            ]),
          ],
        ],
      ]),
    );
    const two = packCanonical({
      a: [
        new Map([
          [1, 'one'],
          [2, 'two'],
        ]),
      ],
      b: new Map([
        ['x', 2],
        ['y', 1],
      ]),
    });
    expect(Buffer.from(one)).toEqual(Buffer.from(two));
  });

  it('keep names as data, bytes as bytes and undefined apart from nothing', () => {
    const state = new Map<unknown, unknown>([
      ['__proto__', new Map([['constructor', 1]])],
      [7, new Uint8Array([1, 2])],
      ['list', [undefined, null, -0.5, 2 ** 53 - 1]],
    ]);
    const read = unpackCanonical(packCanonical(state)) as Map<unknown, unknown>;
    expect(read.get('__proto__')).toEqual(new Map([['constructor', 1]]));
    expect([...(read.get(7) as Uint8Array)]).toEqual([1, 2]);
    expect(read.get('list')).toEqual([undefined, null, -0.5, 2 ** 53 - 1]);
    expect(Object.hasOwn(Object.prototype, 'constructor') && Object.keys(Object.prototype)).toEqual([]);
  });

  it('prop: equal values give equal bytes, and they come back', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string(), fc.oneof(fc.integer(), fc.string(), fc.boolean())), {
      selector: ([key]) => key,
    });
    fc.assert(
      fc.property(entries, fc.infiniteStream(fc.nat()), (list, order) => {
        const shuffled = list.map((entry) => ({ entry, at: order.next().value as number }));
        const other = shuffled.sort((a, b) => a.at - b.at).map(({ entry }) => entry);
        expect(Buffer.from(packCanonical(new Map(list)))).toEqual(Buffer.from(packCanonical(new Map(other))));
        expect(unpackCanonical(packCanonical(new Map(list)))).toEqual(new Map(list));
      }),
    );
  });
});
