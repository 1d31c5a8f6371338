import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('a timeout', () => {
  it.each([
    [['BLPOP', 'l', 'abc'], 'timeout is not a float or out of range'],
    [['BLPOP', 'l', '-1'], 'timeout is negative'],
    [['BLPOP', 'l', '1e300'], 'timeout is out of range'],
    [['XREAD', 'BLOCK', '1.5', 'STREAMS', 's', '0'], 'timeout is not an integer or out of range'],
    [['XREAD', 'BLOCK', '-1', 'STREAMS', 's', '0'], 'timeout is negative'],
  ])('is judged in %j', (request, text) => {
    expect(new RedisServer().connect().ask(...request)).toBe(`-ERR ${text}\r\n`);
  });
});
