import { describe, expect, it } from 'vitest';
import { parseStreamId } from '../../../src/models/redis/stream-id.js';
import { radixTreeNodeCount, StreamNode } from '../../../src/models/redis/stream-node.js';

const entry = (id: string, ...fields: string[]) => ({ id: parseStreamId(id), fields });
const node = (id: string) => StreamNode.startingWith(entry(id, 'f', 'v'));

describe('a node of a stream', () => {
  it('is full after so many entries, deleted ones included', () => {
    const full = node('1-1');
    full.append(entry('1-2', 'f', 'v'));
    full.removeAt(0);
    expect(full.accepts(entry('1-3', 'f', 'v'), { entries: 2, bytes: 0 })).toBe(false);
    expect(full.accepts(entry('1-3', 'f', 'v'), { entries: 3, bytes: 0 })).toBe(true);
    expect(full.accepts(entry('1-3', 'f', 'v'), { entries: 0, bytes: 0 })).toBe(true);
  });

  it('is full after so many bytes', () => {
    expect(node('1-1').accepts(entry('1-2', 'f', 'x'.repeat(100)), { entries: 100, bytes: 100 })).toBe(false);
    expect(node('1-1').accepts(entry('1-2', 'f', 'x'), { entries: 100, bytes: 100 })).toBe(true);
  });

  it('remembers where it started and ended when those entries are gone', () => {
    const kept = node('1-1');
    kept.append(entry('1-2', 'f', 'v'));
    kept.append(entry('1-3', 'f', 'v'));
    kept.removeAt(2);
    kept.removeAt(0);
    const copy = kept.clone();
    expect([copy.masterId, copy.entries.at(-1)?.id, copy.lastId]).toEqual(
      ['1-1', '1-2', '1-3'].map((id) => parseStreamId(id)),
    );
    expect([copy.lowerBound(parseStreamId('1-2')), copy.lowerBound(parseStreamId('1-3'))]).toEqual([0, 1]);
  });

  it.each([
    [[], 1],
    [['1-1'], 2],
    [['1-1', '1-2'], 4],
    [['1-1', '2-1'], 6],
  ])('%j make a tree of %d nodes', (ids, count) => {
    expect(radixTreeNodeCount(ids.map(node))).toBe(count);
  });
});
