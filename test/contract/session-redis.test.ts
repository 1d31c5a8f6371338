import { RedisServer, settled } from '../helpers/redis-server.js';
import { encodeRequest as encodeRedis } from '../helpers/resp.js';
import { sessionContract } from './session.js';

const local = { address: '127.0.0.1', port: 1 };
const info = { id: 'c1', nodeId: 1, local, remote: { address: '127.0.0.1', port: 2 } };

const redisBytes = (...commands: readonly string[]) =>
  Buffer.from(commands.map((line) => encodeRedis(line.split(' '))).join(''), 'latin1');

sessionContract({
  name: 'Redis',
  create: () => {
    const server = new RedisServer({}, { journal: false });
    return { open: (transport) => server.door.open(transport, info), errors: server.errors, settle: settled };
  },
  streams: {
    'channels and keys': redisBytes(
      'SET k v',
      'INCR n',
      'SUBSCRIBE a',
      'PSUBSCRIBE a*',
      'PING',
      'UNSUBSCRIBE a',
      'QUIT',
    ),
    'a transaction and RESP3': redisBytes(
      'HELLO 3',
      'MULTI',
      'SET k v',
      'PUBLISH a b',
      'EXEC',
      'XADD s 1-1 f v',
      'XRANGE s - +',
    ),
    'inline commands': Buffer.from(
      'PING\r\nSET k "a\\x41 b"\r\n\r\nGET k\nNOSUCH x\r\n*1\r\n$4\r\nPING\r\n*1x\r\n',
      'latin1',
    ),
  },
});
