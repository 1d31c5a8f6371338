import { describe, expect, it } from 'vitest';
import { RedisServer, settled } from '../../../helpers/redis-server.js';

describe('reading streams', () => {
  it('wakes every reader, but only one consumer of a group', async () => {
    const server = new RedisServer();
    const [a, b, c, writer] = [server.connect(), server.connect(), server.connect(), server.connect()];
    writer.send('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM').take();
    a.send('XREADGROUP', 'GROUP', 'g', 'a', 'BLOCK', '0', 'STREAMS', 's', '>');
    b.send('XREADGROUP', 'GROUP', 'g', 'b', 'BLOCK', '0', 'STREAMS', 's', '>');
    c.send('XREAD', 'BLOCK', '0', 'STREAMS', 's', '$');
    writer.send('XADD', 's', '1-1', 'f', 'v');
    await settled();
    const entry = '*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n';
    expect([a.take(), b.take(), c.take()]).toEqual([entry, '', entry]);
  });

  it.each([
    ['7.0', '-UNBLOCKED the stream key no longer exists\r\n', /^-UNBLOCKED/],
    ['7.2', "-NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option\r\n", /^-WRONGTYPE/],
  ] as const)('tells a consumer in %s that its stream has gone', async (version, gone, replaced) => {
    const server = new RedisServer({ version });
    const [consumer, writer] = [server.connect(), server.connect()];
    const blocked = () => {
      writer.send('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM').take();
      consumer.send('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 's', '>');
    };
    blocked();
    writer.send('DEL', 's');
    await settled();
    expect(consumer.take()).toBe(gone);
    blocked();
    writer.send('SET', 's', 'x');
    await settled();
    expect(consumer.take()).toMatch(replaced);
  });

  it('finds the keys behind STREAMS', () => {
    const client = new RedisServer().connect();
    expect(client.ask('COMMAND', 'GETKEYS', 'XREAD', 'COUNT', '1', 'STREAMS', 's', 't', '0', '0')).toBe(
      '*2\r\n$1\r\ns\r\n$1\r\nt\r\n',
    );
  });
});
