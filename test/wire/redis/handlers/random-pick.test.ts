import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';
import { readReply } from '../../../helpers/resp.js';

describe('random picks', () => {
  const client = new RedisServer().connect();
  client.send('HSET', 'h', 'a', '1', 'b', '2', 'c', '3').send('ZADD', 'z', '1', 'a', '2', 'b').take();
  const picked = (...args: string[]) => readReply(client.ask(...args))?.items?.map(({ text }) => text);

  it('name each member once, or as often as they come up', () => {
    expect(picked('HRANDFIELD', 'h', '2')).toHaveLength(2);
    expect(new Set(picked('HRANDFIELD', 'h', '2')).size).toBe(2);
    expect(picked('HRANDFIELD', 'h', '9', 'WITHVALUES')).toEqual(['a', '1', 'b', '2', 'c', '3']);
    expect(picked('ZRANDMEMBER', 'z', '-7', 'WITHSCORES')).toHaveLength(14);
    expect(['$1\r\na\r\n', '$1\r\nb\r\n']).toContain(client.ask('ZRANDMEMBER', 'z'));
    expect(client.ask('HRANDFIELD', 'none') + client.ask('HRANDFIELD', 'none', '5')).toBe('$-1\r\n*0\r\n');
  });

  it('are told to clients as what chance decides', () => {
    for (const name of ['HRANDFIELD', 'ZRANDMEMBER']) {
      expect(client.ask('COMMAND', 'INFO', name)).toContain('nondeterministic_output');
    }
  });

  it('refuse counts that no number holds', () => {
    const least = '-9223372036854775808';
    expect(client.ask('SRANDMEMBER', 's', least)).toMatch(/^-ERR value is out of range, value must between -9223/);
    expect(client.ask('HRANDFIELD', 'h', '5000000000000000000', 'WITHVALUES')).toBe('-ERR value is out of range\r\n');
    expect(client.ask('ZRANDMEMBER', 'z', '1', 'FOO')).toBe('-ERR syntax error\r\n');
  });
});
