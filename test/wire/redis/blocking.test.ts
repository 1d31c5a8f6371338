import { describe, expect, it } from 'vitest';
import { RedisServer, settled } from '../../helpers/redis-server.js';

describe('a blocked connection', () => {
  it('is answered by time, on the clock of the broker', async () => {
    const server = new RedisServer();
    const client = server.connect();
    expect(client.ask('BLPOP', 'l', '0.5')).toBe('');
    await server.advance(499);
    expect(client.take()).toBe('');
    await server.advance(1);
    expect(client.take()).toBe('*-1\r\n');
  });

  it('is served after the command that made the key ready, first come first served', async () => {
    const server = new RedisServer();
    const [first, second, third, writer] = [server.connect(), server.connect(), server.connect(), server.connect()];
    for (const client of [first, second, third]) client.send('BLPOP', 'l', '0');
    expect(writer.ask('RPUSH', 'l', 'a', 'b')).toBe(':2\r\n');
    await settled();
    expect([first, second, third].map((client) => client.take())).toEqual([
      '*2\r\n$1\r\nl\r\n$1\r\na\r\n',
      '*2\r\n$1\r\nl\r\n$1\r\nb\r\n',
      '',
    ]);
  });

  it('runs what it sent meanwhile afterwards', async () => {
    const server = new RedisServer();
    const [blocked, writer] = [server.connect(), server.connect()];
    blocked.send('BLPOP', 'l', '0').send('PING');
    expect(blocked.take()).toBe('');
    writer.send('RPUSH', 'l', 'a');
    await settled();
    expect(blocked.take()).toBe('*2\r\n$1\r\nl\r\n$1\r\na\r\n+PONG\r\n');
  });

  it('takes nothing when it has gone', async () => {
    const server = new RedisServer();
    const [gone, writer] = [server.connect(), server.connect()];
    gone.send('BLPOP', 'l', '0');
    gone.close();
    writer.send('RPUSH', 'l', 'a');
    await settled();
    expect(writer.take() + writer.ask('LLEN', 'l')).toBe(':1\r\n:1\r\n');
  });

  it('is ended by CLIENT UNBLOCK', async () => {
    const server = new RedisServer();
    const [blocked, other] = [server.connect(), server.connect()];
    const id = /:(\d+)/.exec(blocked.ask('CLIENT', 'ID'))?.[1] as string;
    blocked.send('BLPOP', 'l', '0');
    expect(other.ask('CLIENT', 'UNBLOCK', id, 'ERROR')).toBe(':1\r\n');
    await settled();
    expect(blocked.take()).toBe('-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n');
    expect(other.ask('CLIENT', 'UNBLOCK', id)).toBe(':0\r\n');
    expect(server.door.stats.byCommand.get('blpop')).toEqual({ calls: 1, rejected: 0, failed: 1 });
    expect(server.door.stats.errors.get('UNBLOCKED')).toBe(1);
  });

  it('does not block within a transaction', () => {
    const client = new RedisServer().connect();
    client.send('MULTI').send('BLPOP', 'l', '0').send('XREAD', 'BLOCK', '0', 'STREAMS', 's', '$').take();
    expect(client.ask('EXEC')).toBe('*2\r\n*-1\r\n*-1\r\n');
  });
});
