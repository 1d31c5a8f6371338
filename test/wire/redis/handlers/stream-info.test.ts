import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('XINFO', () => {
  it('shows everything there is about a stream', () => {
    const server = new RedisServer({ version: '7.0' });
    const client = server.connect();
    client.send('XADD', 's', '1-1', 'f', 'v').send('XGROUP', 'CREATE', 's', 'g', '0');
    client.send('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>').take();
    const full = client.ask('XINFO', 'STREAM', 's', 'FULL', 'COUNT', '1');
    expect(full.startsWith('*18\r\n')).toBe(true);
    expect(full).toContain(`$1\r\nc\r\n$9\r\nseen-time\r\n:${server.clock.now}\r\n$9\r\npel-count\r\n:1\r\n`);
    expect(client.ask('XINFO', 'STREAM', 's', 'HALF')).toMatch(/^-ERR unknown subcommand or wrong number of arguments/);
  });

  it('tells of inactivity from 7.2 on', () => {
    const client = new RedisServer().connect();
    client.send('XGROUP', 'CREATE', 's', 'g', '0', 'MKSTREAM').send('XGROUP', 'CREATECONSUMER', 's', 'g', 'c').take();
    expect(client.ask('XINFO', 'CONSUMERS', 's', 'g')).toContain('$8\r\ninactive\r\n:-1\r\n');
    expect(client.ask('XINFO', 'GROUPS', 's')).toContain('$3\r\nlag\r\n:0\r\n');
  });
});
