import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('a timeout', () => {
  it.each([
    [['BLPOP', 'l', 'abc'], 'timeout is not a float or out of range'],
    [['BLPOP', 'l', '-1'], 'timeout is negative'],
    [['BLPOP', 'l', '1e300'], 'timeout is out of range'],
    [['XREAD', 'BLOCK', '1.5', 'STREAMS', 's', '0'], 'timeout is not an integer or out of range'],
    [['XREAD', 'BLOCK', '-1', 'STREAMS', 's', '0'], 'timeout is negative'],
    [['CLIENT', 'PAUSE', '-9223372036854775808'], 'timeout is negative'],
    [['CLIENT', 'PAUSE', '9223372036854775808'], 'timeout is not an integer or out of range'],
    [['WAIT', '1', '-9223372036854775808'], 'timeout is negative'],
  ])('is judged in %j', (request, text) => {
    expect(new RedisServer().connect().ask(...request)).toBe(`-ERR ${text}\r\n`);
  });

  it('of all of 64 bits waits, and is a pause that is over', () => {
    const client = new RedisServer().connect();
    expect(client.ask('CLIENT', 'PAUSE', '9223372036854775807')).toBe('+OK\r\n');
    expect(client.ask('XREAD', 'BLOCK', '9223372036854775807', 'STREAMS', 's', '0')).toBe('');
  });
});
