/**
 * Random programs for a Redis server: what several clients send, in one order. Names are few so that programs collide,
 * arguments are sometimes wrong, and every program leaves out a random part of the commands.
 */
import { Random } from '../../src/core/random.js';
import { encodeRequest } from '../helpers/resp.js';
import { BITS, HASHES, LISTS, PLACES, SETS, SORTED_SETS, SORTS } from './redis-collection.js';
import { form, INTEGERS, integer, type Make, maybe, oneOf, some, VALUES } from './redis-form.js';
import { scripts } from './redis-script.js';
import { STREAMS } from './redis-stream.js';

/** One step: a client sends bytes. */
export interface Operation {
  readonly client: number;
  /** A byte string. */
  readonly bytes: string;
  /** For people. */
  readonly shown: string;
}

export type Program = readonly Operation[];

export const CLIENT_COUNT = 4;

const NAMES = ['x', 'y', 'xy', 'x.y', '', '{a}1', '\xe9\x00'];
const PATTERNS = ['x*', '*', '?', 'x', '[xy]', 'x.[^a-w]', '\\x', '', '*y', '[', 'x\\', '__key*__:*'];
const KEYS = ['k', 'l', 'm', 'kk', 'x'];
const SECONDS = ['100', '1000', '5000', '0', '-1', 'x', '9223372036854775807', '9999999999'];
const USERS = ['alice', 'bob', 'default'];

const name: Make = (r) => [r.pick(NAMES)];
const key: Make = (r) => [r.pick(KEYS)];
const value: Make = (r) => [r.pick(VALUES)];
const expiryCondition = maybe(some(oneOf('NX', 'XX', 'GT', 'LT', 'ZZ'), 1, 2));
const setExpiry = maybe((r) => [r.pick(['EX', 'PX', 'EXAT', 'PXAT', 'ex']), r.pick([...SECONDS, '99999999999'])]);

const PUBSUB: Make[] = [
  form('SUBSCRIBE', some(name, 1, 3)),
  form('PSUBSCRIBE', some(oneOf(...PATTERNS), 1, 3)),
  form('SSUBSCRIBE', some(name, 1, 2)),
  form('UNSUBSCRIBE', some(name, 0, 2)),
  form('PUNSUBSCRIBE', some(oneOf(...PATTERNS), 1, 2)),
  form('SUNSUBSCRIBE', some(name, 0, 2)),
  form('PUNSUBSCRIBE'),
  form('PUBLISH', name, value),
  form('PUBLISH', name, value),
  form('PUBLISH', name, value),
  form('SPUBLISH', name, value),
  form('PUBSUB', oneOf('CHANNELS', 'SHARDCHANNELS'), maybe(oneOf(...PATTERNS))),
  form('PUBSUB', oneOf('NUMSUB', 'SHARDNUMSUB', 'numsub'), some(name, 0, 3)),
  form('PUBSUB', oneOf('NUMPAT', 'HELP', 'FOO', 'CHANNELS x y', 'NUMPAT x')),
];

const CONNECTION: Make[] = [
  form('PING', maybe(value)),
  form('PING', value, value),
  form('ECHO', value),
  form(
    'HELLO',
    maybe(oneOf('2', '3', '3', '4', 'abc', '03'), 0.9),
    maybe(oneOf('SETNAME', 'AUTH', 'FOO')),
    maybe(name),
  ),
  form('HELLO', '3', 'SETNAME', oneOf('me', 'not me', '')),
  form('RESET'),
  form('SELECT', oneOf('0', '1', '15', '16', '-1', 'x')),
  form('QUIT'),
  form('CLIENT', 'SETNAME', oneOf('me', 'not me', '', 'a\nb')),
  form('CLIENT', 'GETNAME'),
  form('CLIENT', 'REPLY', oneOf('ON', 'OFF', 'SKIP', 'on', 'FOO')),
  form('CLIENT', 'REPLY', 'ON'),
  form('CLIENT', 'NO-EVICT', oneOf('on', 'off', 'x')),
  form('CLIENT', oneOf('SETINFO', 'NO-TOUCH', 'FOO', 'GETREDIR', 'TRACKINGINFO', 'UNPAUSE', 'SETNAME', 'KILL')),
  form(
    'CLIENT',
    'KILL',
    oneOf('TYPE', 'USER', 'SKIPME', 'FOO', 'ID'),
    oneOf('pubsub', 'alice', 'no', 'x', 'nobody', '0'),
  ),
  form('CLIENT', 'KILL', 'TYPE', oneOf('pubsub', 'PUBSUB'), maybe(form('SKIPME', oneOf('yes', 'no', 'x')))),
  form('CLIENT', 'UNBLOCK', oneOf('0', 'x', '999999'), maybe(oneOf('TIMEOUT', 'ERROR', 'FOO'))),
  form('CLIENT', 'PAUSE', oneOf('-1', 'x', '0'), maybe(oneOf('ALL', 'WRITE', 'FOO'))),
  form('CLIENT', 'CACHING', oneOf('YES', 'NO', 'FOO')),
  form('CLIENT', 'TRACKING', 'ON', maybe(oneOf('OPTIN', 'OPTOUT', 'NOLOOP', 'BCAST'), 0.6)),
  form('CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', oneOf('k', 'l', ''), maybe(oneOf('NOLOOP'))),
  form('CLIENT', 'TRACKING', oneOf('OFF', 'ON', 'x'), some(oneOf('OPTIN', 'BCAST', 'PREFIX', 'FOO', 'REDIRECT'), 0, 2)),
  form('CLIENT', 'LIST', oneOf('TYPE', 'ID', 'FOO'), maybe(oneOf('foo', 'master', 'x', '0', '999999'))),
  form('AUTH', oneOf('pw', 'bad', 'alice', 'default'), maybe(oneOf('pw', 'bad'), 0.6)),
];

const TRANSACTION: Make[] = [
  form('MULTI'),
  form('MULTI'),
  form('EXEC'),
  form('EXEC'),
  form('DISCARD'),
  form('WATCH', some(key, 1, 2)),
  form('UNWATCH'),
];

const STRINGS: Make[] = [
  form('SET', key, value),
  form('SET', key, value),
  form('SET', key, value, maybe(oneOf('NX', 'XX', 'GET', 'KEEPTTL', 'FOO', 'nx')), maybe(oneOf('GET')), setExpiry),
  form(oneOf('SETNX', 'GETSET', 'APPEND'), key, value),
  form(oneOf('SETEX', 'PSETEX'), key, oneOf(...SECONDS, '100000'), value),
  form('GET', key),
  form('GETDEL', key),
  form(
    'GETEX',
    key,
    maybe(
      (r) =>
        r.pick([['PERSIST'], ['EX', '100'], ['PXAT', '1'], ['EX', '0'], ['FOO'], ['EX', 'x'], ['PERSIST', 'EX', '1']]),
      0.7,
    ),
  ),
  form('MGET', some(key, 1, 3)),
  form(oneOf('MSET', 'MSETNX'), some(form(key, value), 1, 2), maybe(key, 0.1)),
  form('STRLEN', key),
  form(oneOf('GETRANGE', 'SUBSTR'), key, integer, integer),
  form('SETRANGE', key, oneOf('0', '1', '3', '10', '-1', 'x', '600000000'), value),
  form(oneOf('INCR', 'DECR'), key),
  form(oneOf('INCRBY', 'DECRBY'), key, oneOf(...INTEGERS, '-9223372036854775808')),
  form(
    'INCRBYFLOAT',
    key,
    oneOf('1', '0.5', '-2.25', 'abc', '1e3', 'inf', '', '5.6', '5.0e3', '0.1', '1e-5', '123456789.987654321'),
  ),
  form('PFADD', key, some(value, 0, 3)),
  form('PFADD', oneOf('pf1', 'pf2'), some(oneOf('a', 'b', 'c', 'd', 'e', ''), 0, 4)),
  form('PFCOUNT', some(oneOf('pf1', 'pf2', 'k'), 1, 3)),
  form('PFMERGE', some(oneOf('pf1', 'pf2', 'pf3'), 1, 3)),
  form('GET', oneOf('pf1', 'pf2', 'pf3')),
  form('LCS', key, key, maybe(oneOf('LEN', 'IDX', 'FOO'))),
];

const GENERIC: Make[] = [
  form(oneOf('DEL', 'UNLINK', 'EXISTS', 'TOUCH'), some(key, 1, 3)),
  form('TYPE', key),
  form(oneOf('RENAME', 'RENAMENX'), key, key),
  form('COPY', key, key, maybe(oneOf('REPLACE', 'FOO')), maybe(form('DB', oneOf('0', '1', '99', 'x')))),
  form('MOVE', key, oneOf('0', '1', '99', 'x')),
  form('SWAPDB', oneOf('0', '1', 'x'), oneOf('0', '1', '99')),
  form('KEYS', oneOf('*', 'k*', '?', '[kl]', '')),
  form('SCAN', oneOf('0', 'x'), maybe(form('MATCH', oneOf('k*', '*'))), 'COUNT', oneOf('100', '0', 'x')),
  form('EXPIRE', key, oneOf(...SECONDS), expiryCondition),
  form('PEXPIRE', key, oneOf('100000', '-1', '0', 'x', '500000000'), expiryCondition),
  form('EXPIREAT', key, oneOf('1', '99999999999', 'x', '9223372036854775807'), expiryCondition),
  form('PEXPIREAT', key, oneOf('1', '99999999999999', 'x'), expiryCondition),
  form(oneOf('TTL', 'EXPIRETIME', 'PERSIST'), key),
  form('DBSIZE'),
  form(oneOf('FLUSHDB', 'FLUSHALL'), maybe(oneOf('ASYNC', 'SYNC', 'FOO'))),
  form('OBJECT', oneOf('ENCODING', 'FREQ', 'FOO'), maybe(key, 0.9)),
];

const SERVER: Make[] = [
  form(
    'CONFIG',
    'SET',
    'notify-keyspace-events',
    oneOf('KEA', '', 'KEA', 'KEAmn', 'Kg$', 'Ex', 'q', 'AKE', 'gn', 'Kn'),
  ),
  form('CONFIG', 'GET', oneOf('notify-keyspace-events', 'maxmemory', 'MAXMEMORY', 'nosuch', 'hz', 'maxmemory-p*')),
  form('CONFIG', 'SET', oneOf('maxmemory', 'nosuch', 'hz', 'timeout', 'appendonly'), oneOf('0', 'abc', '-1', '1.5gb')),
  form('CONFIG', 'SET', 'maxmemory-policy', oneOf('noeviction', 'foo', 'noeviction')),
  form('CONFIG', oneOf('GET', 'SET', 'FOO', 'REWRITE')),
  form(
    'COMMAND',
    oneOf('FOO', 'GETKEYS', 'GETKEYSANDFLAGS'),
    maybe(oneOf('nosuch', 'GET', 'MSET', 'PING', 'SORT', 'ZUNIONSTORE', 'XREAD', 'EVAL', 'SET', 'BITFIELD', 'CONFIG')),
    some(oneOf('x', 'GET', 'STORE', '1', '2', 'STREAMS', 'u8', 'get'), 0, 4),
  ),
  form('ROLE'),
  form('WAIT', oneOf('0', 'x', '-1'), oneOf('0', 'x', '-1')),
  form(oneOf('NOSUCH', 'nosuch', 'GETT', '\r\n', ''), some(value, 0, 3)),
  form(oneOf('GET', 'SET', 'PUBLISH', 'SUBSCRIBE', 'EXEC', 'MULTI', 'CLIENT', 'PUBSUB', 'HELLO'), some(value, 0, 4)),
  form(oneOf('CLUSTER', 'READONLY', 'READWRITE', 'ASKING'), maybe(oneOf('INFO', 'KEYSLOT', 'FOO', 'SLOTS'))),
  form(
    oneOf(
      'SLOWLOG LEN',
      'LATENCY LATEST',
      'MODULE LIST',
      'MODULE LOAD x',
      'DEBUG SLEEP x',
      'BGSAVE FOO',
      'SHUTDOWN foo',
    ),
  ),
];

const ACL: Make[] = [
  form(
    'ACL',
    'SETUSER',
    oneOf('alice', 'bob'),
    some(
      oneOf(
        'on',
        'off',
        '>pw',
        'nopass',
        '<pw',
        '+@all',
        '-@all',
        '+get',
        '-get',
        '+@pubsub',
        '~*',
        '~k*',
        'allkeys',
        'resetkeys',
        '&*',
        '&x',
        '&x*',
        'allchannels',
        'resetchannels',
        'reset',
        'bogus',
        '+nosuch',
        '+client|id',
        '-@dangerous',
        '+@connection',
        '-@write',
        '+@slow',
        '-config',
        '+select|0',
        '-select',
        '%R~k*',
        '%W~l',
        '%RW~m',
        '%R~*',
        '%X~m',
        '(+get ~k)',
        '(+@all %R~l &x)',
        '(+nosuch)',
        '(+set',
        '~m)',
        'clearselectors',
      ),
      1,
      6,
    ),
  ),
  form('ACL', 'SETUSER', 'bob', 'on', 'nopass', '+@all', some(oneOf('%R~k', '%W~l', '~m', '%W~k*', '&x'), 1, 4)),
  form('ACL', 'SETUSER', 'bob', some(oneOf('(+@read ~*)', '(+@write %W~k)', '(+publish &x)', 'clearselectors'), 1, 2)),
  form('ACL', 'SETUSER', 'alice', 'on', 'nopass', '+@all', '~*', maybe(oneOf('&*', '&x', '&x*'))),
  form('ACL', oneOf('WHOAMI', 'USERS', 'LIST', 'FOO', 'GETUSER', 'CAT')),
  form('ACL', oneOf('GETUSER', 'DELUSER', 'CAT'), oneOf('alice', 'bob', 'nobody', 'pubsub', 'nosuch')),
  form(
    'ACL',
    'DRYRUN',
    oneOf('alice', 'bob', 'nobody'),
    oneOf('GET', 'PUBLISH', 'NOSUCH', 'SUBSCRIBE', 'SET', 'COPY', 'CONFIG', 'SELECT'),
    some(oneOf('x', 'k', 'y', 'l', '0', 'get'), 1, 2),
  ),
  form('AUTH', oneOf(...USERS), oneOf('pw', 'bad')),
  form('AUTH', oneOf(...USERS), 'pw'),
];

const GROUPS: ReadonlyArray<readonly [weight: number, makes: readonly Make[]]> = [
  [6, PUBSUB],
  [2, CONNECTION],
  [2, TRANSACTION],
  [3, STRINGS],
  [3, GENERIC],
  [1, SERVER],
  [1, ACL],
  [2, LISTS],
  [1, SETS],
  [3, SORTED_SETS],
  [1, HASHES],
  [2, BITS],
  [1, SORTS],
  [3, STREAMS],
  [1, PLACES],
];

const SCRIPTS = scripts([PUBSUB, STRINGS, GENERIC, LISTS, SETS, SORTED_SETS, HASHES, STREAMS, CONNECTION].flat());

/** Bytes of no request, or of several. */
const RAW = [
  'PING\r\n',
  'SET k "a b"\r\n',
  '\r\n',

  "GET 'k\r\n",
  '*1\r\n:1\r\n',
  '*01\r\n',
  '*1\r\n$-1\r\n',
  'publish x hi\n',
  '*1\r\n$4\r\nPINGab',
  'EXISTS "\\x6b"\r\n',
  '*1\r\n$0\r\n\r\n',
  '\x00\r\n',
  '*2x\r\n',
];

/** The program of a seed. */
export function programOf(seed: number): Program {
  const random = new Random(seed);
  const length = 10 + random.int(60);
  const raw = random.int(10) === 0;
  // The interpreter takes its time, so that few programs have scripts.
  const groups = random.int(12) === 0 ? [...GROUPS, [4, SCRIPTS] as const] : GROUPS;
  const forms = groups.flatMap(([weight, makes]) => {
    // Every program does without some groups and some commands.
    if (random.int(4) === 0) return [];
    const kept = makes.filter(() => random.int(4) !== 0);
    return kept.map((make) => [(weight * 20) / Math.max(1, kept.length), make] as const);
  });
  forms.push([1, form('PING')]);
  const total = forms.reduce((sum, [weight]) => sum + weight, 0);
  const pickForm = () => {
    let at = random.float() * total;
    for (const [weight, make] of forms) {
      at -= weight;
      if (at < 0) return make;
    }
    return forms[0]?.[1] as Make;
  };
  const program: Operation[] = [];
  const push = (sender: number, args: readonly string[]) =>
    program.push({
      client: sender,
      bytes: encodeRequest(args),
      shown: args.map((arg) => JSON.stringify(arg)).join(' '),
    });
  let client = 0;
  const asked = new Map<number, string>();
  /** Redis 7.0 may crash when users take from themselves the channels that they listen to. */
  const crashes = (args: readonly string[]) => args[1] === 'SETUSER' && args[2] === asked.get(client);
  // Some clients hear of what they do themselves, before or behind the reply.
  if (random.int(6) === 0) {
    push(client, ['CONFIG', 'SET', 'notify-keyspace-events', random.pick(['KEA', 'EA', 'KEAn'])]);
    push(client, ['HELLO', '3']);
    push(client, ['PSUBSCRIBE', '__key*__:*']);
  }
  while (program.length < length) {
    if (random.int(3) === 0) client = random.int(CLIENT_COUNT);
    if (raw && random.int(5) === 0) {
      const bytes = random.pick(RAW);
      program.push({ client, bytes, shown: JSON.stringify(bytes) });
      continue;
    }
    const made = pickForm()(random);
    // Several words in one choice are several arguments.
    const args = made.some((word) => / (LEN|LATEST|LIST|LOAD|SLEEP|FOO|foo|x)/.test(word))
      ? made.flatMap((word) => word.split(' '))
      : made;
    if (crashes(args)) continue;
    if (args[0] === 'AUTH' && args.length === 3) asked.set(client, args[1] as string);
    push(client, args);
  }
  return program;
}
