import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('prop: P8 what is published in a transaction arrives at EXEC, in order, or not at all', () => {
  const body = fc.constantFrom('a', 'b', 'c');
  fc.assert(
    fc.property(fc.array(body, { maxLength: 6 }), fc.boolean(), (bodies, commit) => {
      const server = new RedisServer();
      const [sub, pub] = [server.connect(), server.connect()];
      sub.ask('SUBSCRIBE', 'x');
      pub.ask('MULTI');
      for (const text of bodies) expect(pub.ask('PUBLISH', 'x', text)).toBe('+QUEUED\r\n');
      expect(sub.take()).toBe('');
      const answer = pub.ask(commit ? 'EXEC' : 'DISCARD');
      expect(answer).toBe(commit ? `*${bodies.length}\r\n${':1\r\n'.repeat(bodies.length)}` : '+OK\r\n');
      const frames = bodies.map((text) => `*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\n${text}\r\n`);
      expect(sub.take()).toBe(commit ? frames.join('') : '');
    }),
  );
});

test('P8 SUBSCRIBE waits for EXEC and answers inside it', () => {
  const client = new RedisServer().connect();
  client.ask('MULTI');
  expect(client.ask('SUBSCRIBE', 'x', 'y')).toBe('+QUEUED\r\n');
  expect(client.ask('EXEC')).toMatch(/^\*1\r\n\*3\r\n\$9\r\nsubscribe\r\n\$1\r\nx\r\n:1\r\n\*3\r\n/);
});

test('a watched key that changes, expires or is deleted aborts EXEC', async () => {
  for (const change of [
    ['SET', 'k', '2'],
    ['DEL', 'k'],
    ['PEXPIRE', 'k', '10'],
  ]) {
    const server = new RedisServer();
    const [client, other] = [server.connect(), server.connect()];
    client.ask('SET', 'k', '1');
    client.ask('WATCH', 'k');
    client.ask('MULTI');
    client.ask('GET', 'k');
    other.ask(...change);
    await server.advance(10);
    expect(client.ask('EXEC')).toBe('*-1\r\n');
  }
});

test('a database that takes the place of another aborts EXEC where a watched key differs, expired ones being absent', async () => {
  const cases: ReadonlyArray<readonly [here: string, there: string, aborts: boolean]> = [
    ['absent', 'absent', false],
    ['absent', 'expired', false],
    ['absent', 'present', true],
    ['expired', 'absent', false],
    ['expired', 'expired', false],
    ['expired', 'present', true],
    ['present', 'absent', true],
    ['present', 'expired', true],
  ];
  for (const [here, there, aborts] of cases) {
    const server = new RedisServer({ debug: true });
    const client = server.connect();
    client.ask('DEBUG', 'SET-ACTIVE-EXPIRE', '0');
    for (const [db, state] of [
      ['1', there],
      ['0', here],
    ] as const) {
      client.ask('SELECT', db);
      if (state === 'present') client.ask('SET', 'k', 'v');
      if (state === 'expired') client.ask('SET', 'k', 'v', 'PX', '1');
    }
    await server.advance(2);
    client.ask('WATCH', 'k');
    client.ask('SWAPDB', '0', '1');
    client.ask('MULTI');
    expect([here, there, client.ask('EXEC')]).toEqual([here, there, aborts ? '*-1\r\n' : '*0\r\n']);
  }
});

test('WATCH sees what changes a value, not what leaves it as it is', () => {
  for (const [setup, change, aborts] of [
    ['XADD k 1-1 f v', 'XTRIM k MAXLEN 5', false],
    ['XADD k 1-1 f v', 'XTRIM k MAXLEN 0', true],
    ['XADD k 1-1 f v', 'XDEL k 2-2', false],
    ['SETBIT k 7 1', 'BITFIELD k SET u1 7 1', false],
    ['SETBIT k 7 1', 'BITFIELD k INCRBY u8 0 0', false],
    ['SETBIT k 7 1', 'BITFIELD k OVERFLOW FAIL INCRBY u1 7 1', false],
    ['SETBIT k 7 1', 'BITFIELD k SET u1 6 1', true],
    ['SADD k a', 'SADD k a', false],
    ['HSET k f v', 'HDEL k g', false],
    ['ZADD k 1 a', 'ZADD k 1 a', false],
    ['RPUSH k a', 'LREM k 0 b', false],
  ] as const) {
    const server = new RedisServer();
    const [client, other] = [server.connect(), server.connect()];
    other.ask(...setup.split(' '));
    client.ask('WATCH', 'k');
    other.ask(...change.split(' '));
    client.send('MULTI').send('PING').take();
    expect(client.ask('EXEC'), change).toBe(aborts ? '*-1\r\n' : '*1\r\n+PONG\r\n');
  }
});
