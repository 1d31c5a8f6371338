import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_STREAM_ID, MIN_STREAM_ID } from '../../../src/models/redis/stream-id.js';
import { StreamValue } from '../../../src/models/redis/stream-value.js';

const BOUNDS = { entries: 3, bytes: 0 };
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), by: fc.bigInt({ min: 1n, max: 5n }) }),
  fc.record({ kind: fc.constant('delete' as const), by: fc.bigInt({ min: 0n, max: 60n }) }),
  fc.record({ kind: fc.constant('length' as const), by: fc.bigInt({ min: 0n, max: 10n }) }),
  fc.record({ kind: fc.constant('minId' as const), by: fc.bigInt({ min: 0n, max: 60n }) }),
);

describe('a stream', () => {
  it('prop: is a sorted list of entries', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat(40), fc.nat(40), fc.nat(5), (steps, a, b, count) => {
        const stream = new StreamValue();
        let model: bigint[] = [];
        for (const { kind, by } of steps) {
          if (kind === 'add') {
            stream.append({ id: stream.lastId + by, fields: ['f', String(by)] }, BOUNDS);
            model.push(stream.lastId);
          } else if (kind === 'delete') {
            expect(stream.delete(by)).toBe(model.includes(by));
            model = model.filter((id) => id !== by);
          } else {
            const keep = kind === 'length' ? { length: Number(by) } : { minId: by };
            const kept =
              kind === 'length' ? model.slice(Math.max(0, model.length - Number(by))) : model.filter((id) => id >= by);
            expect(stream.trim({ keep, approximate: false, limit: 0 })).toBe(model.length - kept.length);
            model = kept;
          }
        }
        const [start, end] = [BigInt(a), BigInt(b)];
        const within = model.filter((id) => id >= start && id <= end);
        const bounded = (ids: bigint[]) => (count === 0 ? ids : ids.slice(0, count));
        expect(stream.range(start, end, count).map(({ id }) => id)).toEqual(bounded(within));
        expect(stream.reverseRange(start, end, count).map(({ id }) => id)).toEqual(bounded(within.reverse()));
        expect([stream.length, stream.lastEntryId]).toEqual([model.length, model.at(-1)]);
        expect(stream.firstId).toBe(model[0] ?? MIN_STREAM_ID);
        for (const copy of [stream.clone(), StreamValue.load(stream.save())]) {
          expect(copy.save()).toEqual(stream.save());
          expect(copy.bytes).toBe(stream.bytes);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('drops only whole nodes when trimming is approximate, and no more than the limit', () => {
    const stream = new StreamValue();
    for (let id = 1n; id <= 9n; id++) stream.append({ id, fields: ['f', 'v'] }, BOUNDS);
    expect(stream.trim({ keep: { length: 1 }, approximate: true, limit: 5 })).toBe(3);
    expect(stream.trim({ keep: { length: 4 }, approximate: true, limit: 0 })).toBe(0);
    expect(stream.trim({ keep: { minId: 7n }, approximate: true, limit: 0 })).toBe(3);
    expect([stream.length, stream.nodes.length, stream.treeNodeCount]).toEqual([3, 1, 2]);
  });

  it('keeps a node that exact trimming emptied, as long as a deleted entry of it lies behind', () => {
    const stream = new StreamValue();
    for (const id of [4n, 9n, 14n, 20n]) stream.append({ id, fields: ['f', 'v'] }, BOUNDS);
    stream.delete(14n);
    expect(stream.trim({ keep: { minId: 10n }, approximate: false, limit: 0 })).toBe(2);
    expect([stream.length, stream.nodes.length, stream.firstId, stream.lastEntryId]).toEqual([1, 2, 20n, 20n]);
    stream.delete(20n);
    expect([stream.length, stream.nodes.length, stream.firstId, stream.lastEntryId]).toEqual([0, 1, 0n, undefined]);
    stream.append({ id: 30n, fields: ['f', 'v'] }, { entries: 4, bytes: 0 });
    expect([stream.length, stream.nodes.length, stream.lastEntryId]).toEqual([1, 1, 30n]);
  });

  it('keeps its last identifier and its greatest deleted one', () => {
    const stream = new StreamValue();
    stream.append({ id: 5n, fields: ['f', 'v'] }, BOUNDS);
    expect([stream.get(5n)?.fields, stream.get(4n)]).toEqual([['f', 'v'], undefined]);
    stream.delete(5n);
    expect([stream.lastId, stream.maxDeletedId, stream.entriesAdded, stream.isEmpty]).toEqual([5n, 5n, 1, false]);
    expect(stream.range(MIN_STREAM_ID, MAX_STREAM_ID)).toEqual([]);
  });
});
