import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const ask = (version: '7.0' | '7.2' = '7.0') => {
  const client = new RedisServer({ version }).connect();
  return (line: string) => client.ask(...line.split(' '));
};

test('COMMAND INFO tells where the keys are', () => {
  const command = ask();
  expect(command('COMMAND INFO get')).toBe(
    '*1\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n' +
      '*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n' +
      '$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n' +
      '$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n' +
      '*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n',
  );
  command('HELLO 3');
  expect(command('COMMAND INFO xread')).toContain(
    '%2\r\n$4\r\ntype\r\n$7\r\nkeyword\r\n$4\r\nspec\r\n%2\r\n$7\r\nkeyword\r\n$7\r\nSTREAMS\r\n$9\r\nstartfrom\r\n:1\r\n',
  );
  expect(command('COMMAND INFO sort')).toContain('$4\r\ntype\r\n$7\r\nunknown\r\n$4\r\nspec\r\n%0\r\n');
  expect(command('COMMAND INFO zunion')).toContain('$6\r\nkeynum\r\n');
});

test.each([
  ['get', ':1\r\n:1\r\n:1'],
  ['mset', ':1\r\n:-1\r\n:2'],
  ['blpop', ':1\r\n:-2\r\n:1'],
  ['rename', ':1\r\n:2\r\n:1'],
  ['bitop', ':2\r\n:-1\r\n:1'],
  ['migrate', ':3\r\n:3\r\n:1'],
  ['georadius', ':1\r\n:1\r\n:1'],
  ['xread', ':0\r\n:0\r\n:0'],
  ['eval', ':0\r\n:0\r\n:0'],
  ['ssubscribe', ':1\r\n:-1\r\n:1'],
  ['ping', ':0\r\n:0\r\n:0'],
])('the keys of %s are %j to clients that know no specifications', (name, span) => {
  expect(ask()(`COMMAND INFO ${name}`)).toContain(`\r\n${span}\r\n*`);
});

test.each([
  ['SET a b', '*1\r\n*2\r\n$1\r\na\r\n*2\r\n+OW\r\n+update\r\n'],
  ['SET a b GET', '*1\r\n*2\r\n$1\r\na\r\n*3\r\n+RW\r\n+access\r\n+update\r\n'],
  ['BITFIELD a GET u8 0', '*1\r\n*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n'],
  ['BITFIELD a OVERFLOW WRAP GET u8 0', '*1\r\n*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n'],
  ['BITFIELD a GET u8', '*1\r\n*2\r\n$1\r\na\r\n*3\r\n+RW\r\n+access\r\n+update\r\n'],
  ['BITFIELD a constructor 1', '*1\r\n*2\r\n$1\r\na\r\n*3\r\n+RW\r\n+access\r\n+update\r\n'],
  [
    'SORT a BY store y STORE z STORE w',
    '*2\r\n*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n*2\r\n$1\r\nw\r\n*2\r\n+OW\r\n+update\r\n',
  ],
  ['SORT_RO a GET store STORE', '*1\r\n*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n'],
  ['MIGRATE h 1 a 0 1', '*1\r\n*2\r\n$1\r\na\r\n*3\r\n+RW\r\n+access\r\n+delete\r\n'],
  ['MIGRATE h 1 a 0 1 KEYS b', '-ERR Invalid arguments specified for command\r\n'],
  ['GEORADIUS a 1 1 1 m STORE', '*1\r\n*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n'],
])('the keys and flags of %s', (request, reply) => {
  expect(ask()(`COMMAND GETKEYSANDFLAGS ${request}`)).toBe(reply);
});

test.each([
  ['MIGRATE h 1  0 1 KEYS a b', '*2\r\n$1\r\na\r\n$1\r\nb\r\n'],
  ['MIGRATE h 1  0 1 AUTH KEYS KEYS a', '*1\r\n$1\r\na\r\n'],
  ['ZUNIONSTORE to 2 a b', '*3\r\n$2\r\nto\r\n$1\r\na\r\n$1\r\nb\r\n'],
  ['EVAL x 0', '*0\r\n'],
  ['EVAL x 5 a', '*0\r\n'],
  ['PING x', '-ERR The command has no key arguments\r\n'],
  ['SSUBSCRIBE x', '-ERR The command has no key arguments\r\n'],
  ['GET a b', '-ERR Invalid number of arguments specified for command\r\n'],
  ['ZUNION 2 a', '-ERR Invalid arguments specified for command\r\n'],
  ['NOSUCH a', '-ERR Invalid command specified\r\n'],
  ['OBJECT FOO a', '-ERR Invalid command specified\r\n'],
  ['OBJECT ENCODING a', '*1\r\n$1\r\na\r\n'],
])('COMMAND GETKEYS %s', (request, reply) => {
  expect(ask()(`COMMAND GETKEYS ${request}`)).toBe(reply);
});

test('a release tells of the commands that it has, with the arity that it asks for', () => {
  expect(ask('7.0')('COMMAND INFO client|setinfo')).toBe('*1\r\n$-1\r\n');
  expect(ask('7.2')('COMMAND INFO client|setinfo')).toContain('client|setinfo');
  expect(ask('7.0')('COMMAND INFO zrank')).toContain('zrank\r\n:3\r\n');
  expect(ask('7.2')('COMMAND INFO zrank')).toContain('zrank\r\n:-3\r\n');
});
