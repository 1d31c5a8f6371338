import { expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const SICILY =
  'GEOADD Sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.758489 38.788135 edge1 17.241510 38.788135 edge2';

// Recorded from Redis 7.0.15.
it.each([
  ['GEOSEARCH Sicily FROMLONLAT 15 37 BYRADIUS 200 km ASC', '*2\r\n$7\r\nCatania\r\n$7\r\nPalermo\r\n'],
  [
    'GEOSEARCH Sicily FROMLONLAT 15 37 BYBOX 400 400 km ASC WITHCOORD WITHDIST WITHHASH COUNT 1',
    '*1\r\n*4\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n:3479447370796909\r\n*2\r\n$20\r\n15.08726745843887329\r\n$20\r\n37.50266842333162032\r\n',
  ],
  [
    'GEOSEARCH Sicily FROMMEMBER Palermo BYRADIUS 1000 km',
    '*4\r\n$7\r\nPalermo\r\n$5\r\nedge1\r\n$7\r\nCatania\r\n$5\r\nedge2\r\n',
  ],
  ['GEOSEARCH Sicily FROMMEMBER Palermo BYRADIUS 1000 km COUNT 2 ANY', '*2\r\n$7\r\nPalermo\r\n$5\r\nedge1\r\n'],
  ['GEORADIUS Sicily 15 37 200 km DESC', '*2\r\n$7\r\nPalermo\r\n$7\r\nCatania\r\n'],
  ['GEORADIUSBYMEMBER Sicily Palermo 100 km', '*2\r\n$7\r\nPalermo\r\n$5\r\nedge1\r\n'],
  [
    'GEORADIUS Sicily 15 37 200 km WITHDIST STORE x',
    '-ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options\r\n',
  ],
  ['GEOSEARCH Sicily BYRADIUS 1 m FROMMEMBER none', '-ERR could not decode requested zset member\r\n'],
  [
    'GEOSEARCH Sicily BYRADIUS 1 m ASC COUNT 1',
    '-ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for GEOSEARCH\r\n',
  ],
  [
    'GEOSEARCH Sicily FROMLONLAT 1 1 ASC COUNT 1',
    '-ERR exactly one of BYRADIUS and BYBOX can be specified for GEOSEARCH\r\n',
  ],
  ['GEOSEARCH Sicily FROMLONLAT 1 1 BYRADIUS 1 m ANY', '-ERR the ANY argument requires COUNT argument\r\n'],
  ['GEORADIUS_RO Sicily 1 1 1 m STORE x', '-ERR syntax error\r\n'],
  ['GEORADIUSBYMEMBER none m 1 km', '*0\r\n'],
  ['GEOSEARCHSTORE to Sicily FROMLONLAT 15 37 BYRADIUS 200 km', ':2\r\n'],
  ['GEOSEARCHSTORE to none FROMMEMBER x BYRADIUS 1 m', ':0\r\n'],
  ['GEOSEARCH Sicily FROMLONLAT 1 1 FROMMEMBER x BYBOX 1 1 m', '-ERR syntax error\r\n'],
])('%s answers %j', (line, reply) => {
  const client = new RedisServer({ version: '7.0' }).connect();
  client.send(...SICILY.split(' ')).take();
  expect(client.ask(...line.split(' '))).toBe(reply);
});
