import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, isFault, isWellFormed, nextFrame } from '../../../src/wire/amqp/frame.js';
import { ByteQueue } from '../../../src/wire/byte-queue.js';

function bytesOf({ type, channel, payload }: Frame): Buffer {
  const bytes = Buffer.alloc(payload.length + 8, 0xce);
  bytes[0] = type;
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(payload.length, 3);
  bytes.set(payload, 7);
  return bytes;
}

const frame = fc.record({ type: fc.nat(255), channel: fc.nat(65_535), payload: fc.uint8Array({ maxLength: 40 }) });

describe('frames', () => {
  test('prop: frames cut at any place come out the same', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 20 })), (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(bytesOf));
        const queue = new ByteQueue();
        const out: unknown[] = [];
        const drain = () => {
          for (let next = nextFrame(queue, 4096); next; next = nextFrame(queue, 4096)) {
            if (isFault(next)) throw new Error('a fault');
            out.push({ ...next, payload: Uint8Array.from(next.payload) });
          }
        };
        let at = 0;
        for (const cut of cuts) {
          queue.push(bytes.subarray(at, at + cut));
          at += cut;
          drain();
        }
        queue.push(bytes.subarray(at));
        drain();
        expect(out).toEqual(frames);
      }),
    );
  });

  test('a frame that is too large is told by its head', () => {
    const queue = new ByteQueue();
    queue.push(Uint8Array.of(3, 0, 1, 0, 0, 0x10, 1));
    expect(nextFrame(queue, 4096)).toEqual({ kind: 'too-large', type: 3, size: 4097 });
  });

  test('a payload of exactly frame-max is forgiven', () => {
    const queue = new ByteQueue();
    queue.push(bytesOf({ type: 3, channel: 1, payload: new Uint8Array(4096) }));
    expect(nextFrame(queue, 4096)).toMatchObject({ type: 3, channel: 1 });
  });

  test('a wrong end octet is a fault', () => {
    const queue = new ByteQueue();
    queue.push(Uint8Array.of(1, 0, 1, 0, 0, 0, 1, 9, 0));
    expect(nextFrame(queue, 4096)).toMatchObject({ kind: 'bad-end', end: 0 });
  });

  test.each([
    [1, 3, false],
    [1, 4, true],
    [2, 11, false],
    [2, 12, true],
    [3, 0, true],
    [8, 0, true],
    [8, 1, false],
    [9, 4, false],
  ])('type %i with %i bytes is well formed: %s', (type, size, expected) => {
    expect(isWellFormed({ type, channel: 1, payload: new Uint8Array(size) })).toBe(expected);
  });
});
