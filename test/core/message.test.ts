import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack } from '../../src/core/codec.js';
import { copyBytes, decodeText, encodeBody, encodeText, Message } from '../../src/core/message.js';

const message = (body: Uint8Array | null) => new Message(body, [], 0);
const invalid = expect.objectContaining({ code: 'INVALID_BODY' });

describe('a body', () => {
  it('is UTF-8 for text, JSON for values, MessagePack when asked', () => {
    expect(decodeText(encodeBody('grüße'))).toBe('grüße');
    expect(decodeText(encodeBody({ id: 1 }))).toBe('{"id":1}');
    expect(decodeText(encodeBody(7))).toBe('7');
    expect(message(encodeBody({ id: 1 }, 'msgpack')).unpack()).toEqual({ id: 1 });
  });

  it('is copied once on the way in', () => {
    const mine = new Uint8Array([1, 2, 3]);
    const body = encodeBody(mine);
    mine[0] = 9;
    expect([...body]).toEqual([1, 2, 3]);
  });

  it('of MessagePack stays as it is when more is packed', () => {
    const first = encodeBody([1, 2, 3], 'msgpack');
    for (let i = 0; i < 5_000; i++) encodeBody(['x'.repeat(100)], 'msgpack');
    expect(message(first).unpack()).toEqual([1, 2, 3]);
  });

  it('that cannot be written is refused', () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(() => encodeBody(cyclic)).toThrow(invalid);
    expect(() => encodeBody((() => {}) as object)).toThrow(invalid);
    expect(() => encodeBody(undefined as never)).toThrow(invalid);
    expect(() => encodeBody({ big: 1n })).toThrow(invalid);
    expect(() => encodeBody(cyclic, 'msgpack')).toThrow(invalid);
  });

  it('prop: text comes back, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(message(encodeBody(text)).text()).toBe(text);
        expect(decodeText(copyBytes(encodeText(text)))).toBe(text);
      }),
    );
  });
});

describe('a message', () => {
  it('reads as text, JSON and MessagePack', () => {
    expect(message(encodeText('{"a":[1]}')).json()).toEqual({ a: [1] });
    expect(message(pack({ a: 1 })).unpack()).toEqual({ a: 1 });
    expect(message(new Uint8Array([0xff])).text()).toBe('\ufffd');
  });

  it('says what is wrong when it cannot be read so', () => {
    expect(() => message(encodeText('no json')).json()).toThrow(/the body is no JSON: no json/);
    expect(() => message(new Uint8Array([0xc1])).unpack()).toThrow(invalid);
    expect(() => message(null).unpack()).toThrow(invalid);
  });

  it('without a body is a tombstone with empty text', () => {
    expect([message(null).body, message(null).text()]).toEqual([null, '']);
  });
});
