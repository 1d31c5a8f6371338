import { describe, expect, it } from 'vitest';
import { RedisServer, settled } from '../../../helpers/redis-server.js';

describe('pops from several keys', () => {
  it('take from the first that has something', () => {
    const client = new RedisServer().connect();
    client.send('RPUSH', 'l', 'a', 'b', 'c').send('ZADD', 'z', '1', 'x', '2.5', 'y').take();
    expect(client.ask('LMPOP', '2', 'none', 'l', 'RIGHT', 'COUNT', '2')).toBe(
      '*2\r\n$1\r\nl\r\n*2\r\n$1\r\nc\r\n$1\r\nb\r\n',
    );
    expect(client.ask('ZMPOP', '1', 'z', 'MAX')).toBe('*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\ny\r\n$3\r\n2.5\r\n');
    expect(client.ask('LMPOP', '1', 'none', 'LEFT')).toBe('*-1\r\n');
    expect(client.ask('COMMAND', 'GETKEYS', 'BZMPOP', '0', '2', 'a', 'b', 'MIN')).toBe('*2\r\n$1\r\na\r\n$1\r\nb\r\n');
  });

  it('wait for one', async () => {
    const server = new RedisServer();
    const [taker, writer] = [server.connect(), server.connect()];
    taker.send('BLMPOP', '0', '2', 'a', 'b', 'LEFT', 'COUNT', '5');
    writer.send('RPUSH', 'b', 'x', 'y').take();
    await settled();
    expect(taker.take()).toBe('*2\r\n$1\r\nb\r\n*2\r\n$1\r\nx\r\n$1\r\ny\r\n');
    taker.send('BZMPOP', '1', '1', 'z', 'MIN');
    await server.advance(1000);
    expect(taker.take()).toBe('*-1\r\n');
  });

  it('judge their words before their timeout', () => {
    const client = new RedisServer().connect();
    const refusal = (...args: string[]) => client.ask(...args).trim();
    expect(refusal('LMPOP', '0', 'l', 'LEFT')).toBe('-ERR numkeys should be greater than 0');
    expect(refusal('ZMPOP', '1', 'z', 'LEFT')).toBe('-ERR syntax error');
    expect(refusal('BLMPOP', 'x', '1', 'l', 'LEFT', 'COUNT', '0')).toBe('-ERR count should be greater than 0');
    expect(refusal('BLMPOP', 'x', '1', 'l', 'LEFT')).toBe('-ERR timeout is not a float or out of range');
  });
});
