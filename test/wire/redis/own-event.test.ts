import { expect, it } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

/** What comes in which order: `reply`, its `head` and `body`, or the name of an event. */
function orderOf(...command: string[]): string[] {
  const server = new RedisServer({ version: '7.0', config: { 'notify-keyspace-events': 'EAn' } });
  const client = server.connect();
  client.send('RPUSH', 'l', 'a').send('SADD', 's', 'a').send('ZADD', 'z', '1', 'a').send('HSET', 'h', 'a', '1');
  client.send('SET', 'k', '1').send('XADD', 't', '1-1', 'a', '1').send('XGROUP', 'CREATE', 't', 'g', '0');
  client.send('HELLO', '3').send('PSUBSCRIBE', '*').take();
  const parts = client
    .ask(...command)
    .split(/>4\r\n\$8\r\npmessage\r\n\$1\r\n\*\r\n\$\d+\r\n__keyevent@0__:(.*)\r\n\$\d+\r\n.*\r\n/);
  return parts.flatMap((part, i) => (i % 2 === 1 ? [part] : part === '' ? [] : ['reply']));
}

// Recorded from Redis 7.0.15.
it.each([
  ['SET k 2', ['set', 'reply']],
  ['APPEND k 2', ['append', 'reply']],
  ['INCR k', ['incrby', 'reply']],
  ['GETSET k 2', ['reply', 'set']],
  ['GETDEL k', ['reply', 'del']],
  ['EXPIRE k 100', ['reply', 'expire']],
  ['EXPIRE k -1', ['del', 'reply']],
  ['BITFIELD k SET u8 0 1', ['reply', 'setbit']],
  ['SETBIT k 0 1', ['setbit', 'reply']],
  ['RPUSH new a', ['new', 'reply', 'rpush']],
  ['LPOP l', ['reply', 'lpop', 'del']],
  ['LSET l 0 b', ['reply', 'lset']],
  ['LREM l 0 a', ['lrem', 'del', 'reply']],
  ['LMOVE l new LEFT LEFT', ['new', 'lpush', 'reply', 'lpop', 'del']],
  ['BLPOP l 0', ['reply', 'lpop', 'del']],
  ['LMPOP 1 l LEFT', ['reply', 'lpop', 'del']],
  ['SINTERSTORE s s none', ['del', 'reply']],
  ['SDIFFSTORE s s s', ['reply', 'del']],
  ['SADD s b', ['sadd', 'reply']],
  ['SPOP s', ['spop', 'reply', 'del']],
  ['SUNIONSTORE new s', ['new', 'reply', 'sunionstore']],
  ['ZADD z 2 b', ['reply', 'zadd']],
  ['ZREM z a', ['zrem', 'del', 'reply']],
  ['ZPOPMIN z', ['reply', 'zpopmin', 'reply', 'del']],
  ['BZPOPMAX z 0', ['reply', 'zpopmax', 'reply', 'del']],
  ['ZMPOP 1 z MIN', ['reply', 'zpopmin', 'reply', 'del']],
  ['ZUNIONSTORE new 1 z', ['new', 'reply', 'zunionstore']],
  ['ZRANGESTORE new z 0 -1', ['new', 'reply', 'zrangestore']],
  ['HSET h b 1', ['reply', 'hset']],
  ['HDEL h a', ['hdel', 'del', 'reply']],
  ['XADD t MAXLEN 1 2-1 a 1', ['reply', 'xadd', 'xtrim']],
  ['XDEL t 1-1', ['xdel', 'reply']],
  ['XSETID t 5-1', ['reply', 'xsetid']],
  ['XGROUP CREATE t g2 0', ['reply', 'xgroup-create']],
  ['XGROUP CREATECONSUMER t g c', ['xgroup-createconsumer', 'reply']],
  ['XREADGROUP GROUP g c STREAMS t >', ['reply', 'xgroup-createconsumer', 'reply']],
  ['MGET k none', ['reply']],
  ['XGROUP DESTROY t g', ['reply', 'xgroup-destroy']],
])('%s tells of itself before or behind its reply as Redis does', (command, order) => {
  expect(orderOf(...command.split(' '))).toEqual(order);
});
