import { describe, expect, it } from 'vitest';
import { pack } from '../../src/core/codec.js';
import { SNAPSHOT_FORMAT, type Snapshot, snapshotFromBytes, snapshotToBytes } from '../../src/core/snapshot.js';

const snapshot = (models: Map<string, unknown>): Snapshot => ({
  format: SNAPSHOT_FORMAT,
  atMs: 1_704_067_200_000,
  random: [[1, 2, 3, 2 ** 32 - 1]],
  models,
});

describe('a snapshot in bytes', () => {
  it('comes back as it was', () => {
    const models = new Map<string, unknown>([['redis', new Map([['__proto__', Buffer.of(1)]])]]);
    expect(snapshotFromBytes(snapshotToBytes(snapshot(models)))).toEqual(snapshot(models));
  });

  it('is the same for the same state', () => {
    const one = snapshotToBytes(
      snapshot(
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      ),
    );
    const two = snapshotToBytes(
      snapshot(
        new Map([
          ['b', 2],
          ['a', 1],
        ]),
      ),
    );
    expect(Buffer.from(one)).toEqual(Buffer.from(two));
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['garbage', new Uint8Array([0xc1, 1, 2])],
    ['another value', pack([1, 2])],
    ['another format', pack(new Map([['format', 99]]))],
    [
      'a part of one',
      pack(
        new Map<string, unknown>([
          ['format', SNAPSHOT_FORMAT],
          ['atMs', 'soon'],
        ]),
      ),
    ],
  ])('is refused when it is %s', (_name, bytes) => {
    expect(() => snapshotFromBytes(bytes)).toThrow(expect.objectContaining({ code: 'INVALID_SNAPSHOT' }));
  });
});
