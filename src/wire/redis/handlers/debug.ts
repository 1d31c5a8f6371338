/**
 * DEBUG, as far as test suites of clients use it. Nothing is ever written to a disk, so that loading it again changes
 * nothing.
 *
 * Not done: what looks into the memory of a real server.
 *
 * @see https://redis.io/docs/latest/commands/debug/
 */
import { RedisError } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { dumpValue } from '../rdb-value.js';
import { array, bulk, double, error, integer, map, nullBulk, OK, push, set, simple, verbatim } from '../reply.js';
import type { Session } from '../session.js';
import { helpText, wrongForm } from './help.js';
import { encodingOf, refCountOf } from './object.js';

type Run = (client: Session, argument: string) => string;

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => integer(i));
const flag = (value: boolean, client: Session): string =>
  client.protocol === 3 ? `#${value ? 't' : 'f'}\r\n` : integer(value ? 1 : 0);
const flags = (client: Session): Array<[string, string]> =>
  [0, 1, 2].map((i) => [integer(i), flag(i === 1, client)] as [string, string]);

const BIG_NUMBER = '1234567999999999999999999999999999999';
const REAL_REPLY = bulk('Some real reply following the attribute');

/** DEBUG PROTOCOL: a reply of each kind. */
const REPLIES: Readonly<Record<string, (client: Session) => string>> = {
  string: () => bulk('Hello World'),
  integer: () => integer(12_345),
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: it is this number, not pi.
  double: (client) => double(3.141, client.protocol, client.door.broker.version),
  bignum: (client) => (client.protocol === 3 ? `(${BIG_NUMBER}\r\n` : bulk(BIG_NUMBER)),
  null: (client) => nullBulk(client.protocol),
  array: () => array(numbers(3)),
  set: (client) => set(numbers(3), client.protocol),
  map: (client) => map(flags(client), client.protocol),
  attrib: (client) =>
    (client.protocol === 3 ? `|1\r\n${bulk('key-popularity')}${array([bulk('key:123'), integer(90)])}` : '') +
    REAL_REPLY,
  push: (client) => {
    if (client.protocol === 2) throw new RedisError('ERR RESP2 is not supported by this command');
    return push([bulk('server-cpu-usage'), integer(42)], 3) + bulk('Some real reply following the push reply');
  },
  verbatim: (client) => verbatim('This is a verbatim\nstring', client.protocol),
  true: (client) => flag(true, client),
  false: (client) => flag(false, client),
};

function protocol(client: Session, kind: string): string {
  const name = kind.toLowerCase();
  if (Object.hasOwn(REPLIES, name)) return (REPLIES[name] as (client: Session) => string)(client);
  throw new RedisError(
    `ERR Wrong protocol type name. Please use one of the following: ${Object.keys(REPLIES).join('|')}`,
  );
}

function sleep(client: Session, text: string): string {
  // As C's strtod: what is no number is no time.
  const seconds = Number.parseFloat(text);
  if (seconds > 0) {
    client.door.pause.start(seconds * 1000, false);
    client.door.slowlog.slept(seconds * 1000);
  }
  return OK;
}

const RDB_TYPE_BYTES = 1;
const DUMP_TRAILER_BYTES = 10;
const LRU_CLOCK_BITS = 0xffffff;

/** How a value is kept; nothing has an address here. */
function object(client: Session, key: string): string {
  const { keyspace, version } = client.door.broker;
  const entry = keyspace.inspect(client.db, key);
  if (!entry) throw new RedisError('ERR no such key');
  const seconds = (ms: number) => Math.floor(ms / 1000);
  const words = [
    'Value at:0x0',
    `refcount:${refCountOf(entry)}`,
    `encoding:${encodingOf(entry)}`,
    `serializedlength:${dumpValue(entry.value, version).length - RDB_TYPE_BYTES - DUMP_TRAILER_BYTES}`,
    `lru:${seconds(entry.usedAtMs) & LRU_CLOCK_BITS}`,
    `lru_seconds_idle:${seconds(client.door.now - entry.usedAtMs)}`,
  ];
  return simple(words.join(' '));
}

/** Subcommands by name, with the number of arguments that they take; undefined takes any. */
const SUBCOMMANDS: ReadonlyMap<string, readonly [count: number | undefined, run: Run]> = new Map([
  [
    'help',
    [0, () => helpText('debug', ['ERROR', 'LOADAOF', 'OBJECT', 'PROTOCOL', 'RELOAD', 'SET-ACTIVE-EXPIRE', 'SLEEP'])],
  ],
  ['error', [1, (_client, line) => error(line)]],
  ['loadaof', [undefined, () => OK]],
  ['object', [1, object]],
  ['protocol', [1, protocol]],
  ['quicklist-packed-threshold', [1, () => OK]],
  ['reload', [undefined, () => OK]],
  [
    'set-active-expire',
    [
      1,
      (client, on) => {
        client.door.broker.setActiveExpire(on !== '0');
        return OK;
      },
    ],
  ],
  ['sleep', [1, sleep]],
] satisfies Array<[string, readonly [number | undefined, Run]]>);

function debug(client: Session, args: readonly string[]): string {
  const [, name, argument = ''] = args as [string, string, string?];
  const found = SUBCOMMANDS.get(name.toLowerCase());
  if (found && (found[0] === undefined || found[0] === args.length - 2)) return found[1](client, argument);
  throw wrongForm(args);
}

export const debugCommand: Command = command('debug -2 alst', debug);
