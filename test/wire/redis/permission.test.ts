import { describe, expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

const NO_KEY = '-NOPERM this user has no permissions to access one of the keys used as arguments\r\n';

/** A connection of a user with these rules. */
function userWith(...rules: string[]) {
  const server = new RedisServer({ version: '7.0' });
  server.connect().ask('ACL', 'SETUSER', 'u', 'on', 'nopass', ...rules);
  const client = server.connect();
  client.ask('AUTH', 'u', '');
  return (line: string) => client.ask(...line.split(' '));
}

describe('a user that may read r, write w and both x', () => {
  const ask = () => userWith('+@all', '%R~r*', '%W~w*', '~x*');

  test.each([
    'GET r',
    'SET w v',
    'SET x v GET',
    'STRLEN w',
    'EXISTS w',
    'TYPE w',
    'DEL w',
    'COPY r w',
    'BITFIELD r GET u8 0',
  ])('may %s', (line) => {
    expect(ask()(line)).not.toContain('NOPERM');
  });

  test.each([
    'SET r v',
    'GET w',
    'SET w v GET',
    'INCR w',
    'GETDEL w',
    'RENAME w w2',
    'COPY w r',
    'DEL r',
    'TTL w',
    'LMOVE r w left right',
    'SINTERSTORE w r w2',
    'BITFIELD w SET u8 0 1',
    'SORT r STORE r',
  ])('may not %s', (line) => {
    expect(ask()(line)).toBe(NO_KEY);
  });

  test('may not sort by keys that nobody names', () => {
    expect(ask()('SORT x BY x*')).toBe('-ERR BY option of SORT denied due to insufficient ACL permissions.\r\n');
    expect(ask()('SORT r GET #')).toBe('-ERR GET option of SORT denied due to insufficient ACL permissions.\r\n');
    expect(userWith('+@all', '%R~*')('SORT r BY x* GET #')).toBe('*0\r\n');
  });
});

describe('a user with selectors', () => {
  const ask = () => userWith('+get', '~a*', '(+set ~b*)', '(+publish &c)');

  test('may do what one of them allows as a whole', () => {
    for (const line of ['GET a', 'SET b v', 'PUBLISH c m']) expect(ask()(line)).not.toContain('NOPERM');
  });

  test('is told what the one that came farthest lacks', () => {
    expect(ask()('SET a v')).toBe(NO_KEY);
    expect(ask()('DEL a')).toBe("-NOPERM this user has no permissions to run the 'del' command\r\n");
    expect(ask()('PUBLISH x m')).toBe(
      '-NOPERM this user has no permissions to access one of the channels used as arguments\r\n',
    );
  });
});
