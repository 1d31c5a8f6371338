import { expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const SICILY =
  'GEOADD Sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.758489 38.788135 edge1 17.241510 38.788135 edge2';

// Recorded from Redis 7.0.15.
it.each([
  ['ZSCORE Sicily Palermo', '$16\r\n3479099956230698\r\n'],
  ['GEODIST Sicily Palermo Catania', '$11\r\n166274.1516\r\n'],
  ['GEODIST Sicily Palermo Catania mi', '$8\r\n103.3182\r\n'],
  ['GEODIST Sicily Palermo none', '$-1\r\n'],
  ['GEOHASH Sicily Palermo none', '*2\r\n$11\r\nsqc8b49rny0\r\n$-1\r\n'],
  ['GEOPOS Sicily Palermo none', '*2\r\n*2\r\n$20\r\n13.36138933897018433\r\n$20\r\n38.11555639549629859\r\n*-1\r\n'],
  ['GEOADD Sicily NX XX 1 1 x', '-ERR syntax error\r\n'],
  ['GEOADD Sicily CH 13.5 38 Palermo', ':1\r\n'],
])('%s answers %j', (line, reply) => {
  const client = new RedisServer({ version: '7.0' }).connect();
  client.send(...SICILY.split(' ')).take();
  expect(client.ask(...line.split(' '))).toBe(reply);
});
