/**
 * MIGRATE, as far as it needs no other server: its arguments are checked, and keys that are not there are told.
 *
 * Not done: moving keys, which is refused.
 *
 * @see https://redis.io/docs/latest/commands/migrate/
 */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import type { KeyReference } from '../key-spec.js';
import { simple } from '../reply.js';
import type { Session } from '../session.js';
import { int } from './number.js';

const KEY_AT = 3;
const OPTIONS_AT = 6;
/** Options, with the number of their arguments. */
const OPTIONS: Readonly<Record<string, number>> = { copy: 0, replace: 0, auth: 1, auth2: 2 };

/** Where the names behind KEYS start; undefined without that option. @throws RedisError */
function startOfKeys(args: readonly string[]): number | undefined {
  for (let i = OPTIONS_AT; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if (word === 'keys') {
      if (args[KEY_AT] === '') return i + 1;
      throw new RedisError('ERR When using MIGRATE KEYS option, the key argument must be set to the empty string');
    }
    const more = Object.hasOwn(OPTIONS, word) ? (OPTIONS[word] as number) : Infinity;
    if (i + more >= args.length) throw new RedisError(SYNTAX_ERROR);
    i += more;
  }
  return undefined;
}

/** As many as can be told, whatever else is wrong with the arguments. */
function migrateKeys(args: readonly string[]): KeyReference[] {
  const reference = (at: number) => ({ at, flags: ['RW', 'access', 'delete'] });
  for (let i = OPTIONS_AT; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    // A key and KEYS contradict each other.
    if (word === 'keys') return args[KEY_AT] === '' ? [...args.keys()].slice(i + 1).map(reference) : [];
    if (Object.hasOwn(OPTIONS, word)) i += OPTIONS[word] as number;
  }
  return [reference(KEY_AT)];
}

function migrate(client: Session, args: readonly string[]): string {
  const start = startOfKeys(args);
  int(args[5] as string);
  int(args[4] as string);
  const keys = start === undefined ? [args[KEY_AT] as string] : args.slice(start);
  const { keyspace } = client.door.broker;
  if (!keys.some((key) => keyspace.read(client.db, key))) return simple('NOKEY');
  throw new RedisError('ERR keys do not move from this server to another one; use DUMP here and RESTORE there');
}

export const migrateCommands: readonly Command[] = [
  command('migrate -6 wv', {
    categories: ['keyspace', 'dangerous'],
    findKeys: migrateKeys,
    run: migrate,
  }),
];
