import { expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const SICILY =
  'GEOADD Sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.758489 38.788135 edge1 17.241510 38.788135 edge2';

// Recorded from Redis 7.0.15.
it.each([
  ['GEODIST Sicily Palermo Catania yd', '-ERR unsupported unit provided. please use M, KM, FT, MI\r\n'],
  ['GEOADD Sicily 181 0 x', '-ERR invalid longitude,latitude pair 181.000000,0.000000\r\n'],
  ['GEOADD Sicily a 1 x', '-ERR value is not a valid float\r\n'],
  ['GEOSEARCH Sicily FROMLONLAT 1 1 BYBOX -1 1 m', '-ERR height or width cannot be negative\r\n'],
  ['GEORADIUS Sicily 1 1 x m', '-ERR need numeric radius\r\n'],
  ['GEORADIUS Sicily 1 1 -1 m', '-ERR radius cannot be negative\r\n'],
])('%s answers %j', (line, reply) => {
  const client = new RedisServer({ version: '7.0' }).connect();
  client.send(...SICILY.split(' ')).take();
  expect(client.ask(...line.split(' '))).toBe(reply);
});
