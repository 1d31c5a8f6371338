import { describe, expect, it } from 'vitest';
import type { RedisVersion, StreamValue } from '../../../src/models/redis/index.js';
import { dumpValue, restoreValue } from '../../../src/wire/redis/rdb-value.js';
import { RedisServer } from '../../helpers/redis-server.js';

const payloadOf = (reply: string): string => reply.slice(reply.indexOf('\r\n') + 2, -2);
const hex = (payload: string) => Buffer.from(payload, 'latin1').toString('hex');

/** A stream with everything that its form can say, made at the time 1000. */
function dumped(version: RedisVersion): string {
  const server = new RedisServer({ version });
  const client = server.connect();
  server.clock.advanceTo(1000);
  client.send('XADD', 's', '5-1', 'f', 'v', 'g', '12').send('XADD', 's', '5-3', 'f', 'w', 'g', '-7');
  client.send('XADD', 's', '4000-0', 'other', 'x'.repeat(30)).send('XADD', 's', '4000-1', 'f', 'y', 'g', 'z');
  client.send('XGROUP', 'CREATE', 's', 'late', '$').send('XGROUP', 'CREATE', 's', 'early', '0');
  client.send('XREADGROUP', 'GROUP', 'early', 'bob', 'COUNT', '3', 'STREAMS', 's', '>');
  client.send('XGROUP', 'CREATECONSUMER', 's', 'early', 'alice').send('XDEL', 's', '5-3').take();
  return payloadOf(client.ask('DUMP', 's'));
}

describe('a stream in RDB form', () => {
  it.each(['7.0', '7.2'] as const)('comes back whole in %s', (version) => {
    const payload = dumped(version);
    const back = restoreValue(payload) as StreamValue;
    expect(dumpValue(back, version)).toBe(payload);
    expect(back.save()).toMatchObject({ lastId: '4000-1', maxDeletedId: '5-3', entriesAdded: 4 });
    expect(back.groups.get('early')?.consumers.get('bob')?.pending.size).toBe(3);
    expect(back.groups.get('late')?.entriesRead).toBeUndefined();
  });

  it('is what Redis 7.0.15 writes', () => {
    const client = new RedisServer({ version: '7.0' }).connect();
    client.send('XADD', 's', '5-1', 'f', 'v').send('XADD', 's', '5-3', 'f', 'w').send('XADD', 's', '6-0', 'g', '300');
    client.send('XDEL', 's', '5-1').send('XGROUP', 'CREATE', 's', 'g', '5-3').take();
    expect(hex(payloadOf(client.ask('DUMP', 's')))).toBe(
      '130110000000000000000500000000000000013939000000160002010101010181660200010301000100018176020401020100010201817702040100010101dfff020101816702c12c020601ff0206000503050103010167050381ffffffffffffffff00000a00b0e110648ea08c24',
    );
  });

  it('reads what releases before 7.0 wrote', () => {
    const client = new RedisServer().connect();
    const old = Buffer.from(
      '0f0110000000000000000500000000000000013939000000160002010101010181660200010301000100018176020401020100010201817702040100010101dfff020101816702c12c020601ff020600010167050300000900d1b91fb1cd3d1dc3',
      'hex',
    ).toString('latin1');
    expect(client.ask('RESTORE', 's', '0', old)).toBe('+OK\r\n');
    expect(client.ask('XRANGE', 's', '-', '+')).toContain('$3\r\n5-3\r\n');
  });

  it('is refused when its parts contradict each other', () => {
    const payload = dumped('7.0');
    // The lengths of the first node's key and listpack, its first count, and the entries of the stream.
    const broken = [2, 19, 27].map((at) => payload.slice(0, at) + String.fromCharCode(7) + payload.slice(at + 1));
    for (const bytes of broken) expect(restoreValue(bytes)).toBeUndefined();
    for (let end = 1; end < payload.length - 10; end++) {
      expect(restoreValue(payload.slice(0, end) + payload.slice(-10))).toBeUndefined();
    }
  });
});
