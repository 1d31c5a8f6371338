import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

function world() {
  const server = new RedisServer();
  const client = server.connect();
  for (const id of ['1-1', '1-2', '1-3']) client.send('XADD', 's', id, 'f', 'v');
  client.send('XGROUP', 'CREATE', 's', 'g', '0').send('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>').take();
  return { server, client };
}

describe('consumer groups', () => {
  it('count idle time on the clock of the broker', async () => {
    const { server, client } = world();
    await server.advance(500);
    expect(client.ask('XPENDING', 's', 'g', 'IDLE', '501', '-', '+', '10')).toBe('*0\r\n');
    expect(client.ask('XPENDING', 's', 'g', 'IDLE', '500', '-', '+', '1')).toBe(
      '*1\r\n*4\r\n$3\r\n1-1\r\n$1\r\nc\r\n:500\r\n:1\r\n',
    );
    expect(client.ask('XCLAIM', 's', 'g', 'd', '501', '1-1', 'JUSTID')).toBe('*0\r\n');
    expect(client.ask('XCLAIM', 's', 'g', 'd', '500', '1-1', 'JUSTID')).toBe('*1\r\n$3\r\n1-1\r\n');
  });

  it('acknowledge all or nothing', () => {
    const { client } = world();
    expect(client.ask('XACK', 's', 'g', '1-1', 'x')).toContain('Invalid stream ID');
    expect(client.ask('XACK', 's', 'g', '1-1', '1-2', '9-9')).toBe(':2\r\n');
  });

  it('are looked for by XAUTOCLAIM before its arguments are', () => {
    const server = new RedisServer({ config: { 'notify-keyspace-events': 'KEAm' } });
    const events: string[] = [];
    server.model.psubscribe('__keyevent@*', (message) => events.push(`${message.channel} ${message.text()}`));
    server.connect().ask('XAUTOCLAIM', 'none', 'g', 'c', 'x', '0');
    expect(events).toEqual(['__keyevent@0__:keymiss none']);
  });

  it('hand over in pages, with what has been deleted', () => {
    const { client } = world();
    client.send('XDEL', 's', '1-2').take();
    expect(client.ask('XAUTOCLAIM', 's', 'g', 'd', '0', '-', 'COUNT', '2', 'JUSTID')).toBe(
      '*3\r\n$3\r\n1-3\r\n*1\r\n$3\r\n1-1\r\n*1\r\n$3\r\n1-2\r\n',
    );
    expect(client.ask('XGROUP', 'DELCONSUMER', 's', 'g', 'd')).toBe(':1\r\n');
  });
});
