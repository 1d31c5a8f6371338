import { describe, expect, it } from 'vitest';
import { deletedEntryReply, entryReply, streamsReply } from '../../../../src/wire/redis/handlers/stream-reply.js';

describe('stream entries on the wire', () => {
  it('are pairs of identifier and fields', () => {
    expect(entryReply({ id: (1n << 64n) | 2n, fields: ['f', 'v'] })).toBe(
      '*2\r\n$3\r\n1-2\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n',
    );
    expect(deletedEntryReply(1n, 2)).toBe('*2\r\n$3\r\n0-1\r\n*-1\r\n');
    expect(deletedEntryReply(1n, 3)).toBe('*2\r\n$3\r\n0-1\r\n_\r\n');
  });

  it('are filed by stream, in a map where there are maps', () => {
    expect(streamsReply([['s', '*0\r\n']], 2)).toBe('*1\r\n*2\r\n$1\r\ns\r\n*0\r\n');
    expect(streamsReply([['s', '*0\r\n']], 3)).toBe('%1\r\n$1\r\ns\r\n*0\r\n');
  });
});
