import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../src/wire/byte-queue.js';

describe('a byte queue', () => {
  it('gives views on a chunk that holds the whole frame', () => {
    const queue = new ByteQueue();
    const chunk = Uint8Array.of(1, 2, 3, 4);
    queue.push(chunk);
    const taken = queue.take(2);
    expect([taken.buffer === chunk.buffer, [...taken], queue.length]).toEqual([true, [1, 2], 2]);
  });

  it('leaves views alone when more arrives', () => {
    const queue = new ByteQueue();
    queue.push(Uint8Array.of(1, 2, 3));
    queue.push(Uint8Array.of(4, 5));
    const views = [queue.take(1), queue.peek(2)];
    for (let i = 0; i < 1_000; i++) queue.push(Uint8Array.of(i));
    queue.take(3);
    queue.push(new Uint8Array(5_000));
    expect(views.map((view) => [...view])).toEqual([[1], [2, 3]]);
  });

  it('joins a megabyte that arrives byte by byte in linear time', () => {
    const queue = new ByteQueue();
    const byte = Uint8Array.of(7);
    for (let i = 0; i < 1_000_000; i++) queue.push(byte);
    expect([queue.length, queue.take(1_000_000).every((value) => value === 7), queue.length]).toEqual([
      1_000_000,
      true,
      0,
    ]);
  });

  it('prop: is the list of the bytes pushed and not yet taken', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
      fc.record({ kind: fc.constantFrom('take' as const, 'skip' as const, 'peek' as const), count: fc.nat(30) }),
      fc.record({ kind: fc.constant('indexOf' as const), byte: fc.nat(255), from: fc.nat(20) }),
      fc.record({ kind: fc.constant('clear' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const queue = new ByteQueue();
        let model: number[] = [];
        for (const each of steps) {
          switch (each.kind) {
            case 'push':
              queue.push(each.bytes.slice());
              model.push(...each.bytes);
              break;
            case 'take':
            case 'skip':
            case 'peek': {
              const count = Math.min(each.count, model.length);
              expect([...queue.view(count, model.length - count)]).toEqual(model.slice(count));
              if (each.kind === 'skip') queue.skip(count);
              else expect([...queue[each.kind](count)]).toEqual(model.slice(0, count));
              if (each.kind !== 'peek') model = model.slice(count);
              break;
            }
            case 'indexOf': {
              const from = Math.min(each.from, model.length);
              expect(queue.indexOf(each.byte, from)).toBe(model.indexOf(each.byte, from));
              break;
            }
            case 'clear':
              queue.clear();
              model = [];
          }
          expect([queue.length, queue.at(0), queue.at(model.length)]).toEqual([model.length, model[0], undefined]);
          expect(queue.latin1(5)).toBe(String.fromCharCode(...model.slice(0, 5)));
          if (model.length >= 4) {
            const view = Buffer.from(model);
            expect([queue.uint32(0), queue.uint16(2)]).toEqual([view.readUInt32BE(0), view.readUInt16BE(2)]);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
