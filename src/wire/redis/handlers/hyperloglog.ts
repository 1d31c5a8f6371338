/**
 * PFADD, PFCOUNT and PFMERGE: approximate counts of distinct elements.
 *
 * @see https://redis.io/docs/latest/commands/?group=hyperloglog
 */
import { estimate, Hyperloglog, REGISTER_COUNT, RedisError } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { array, bulk, cString, integer, OK, simple } from '../reply.js';
import type { Session } from '../session.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;

/** @throws RedisError */
function parsed(text: string): Hyperloglog {
  const found = Hyperloglog.parse(text);
  if (!found) throw new RedisError('WRONGTYPE Key is not a valid HyperLogLog string value.');
  return found;
}

const sparseBytes = (client: Session): number => client.door.broker.config.number('hll-sparse-max-bytes');

function store(client: Session, key: string, value: Hyperloglog): void {
  keyspaceOf(client).set(client.db, key, value.text(), 'keep').stored = 'raw';
}

function add(client: Session, args: readonly string[]): string {
  const key = args[1] as string;
  const present = keyspaceOf(client).writableString(client.db, key);
  const value = present === undefined ? Hyperloglog.empty() : parsed(present);
  let changed = present === undefined;
  for (const element of args.slice(2)) changed = value.add(element, sparseBytes(client)) || changed;
  if (!changed) return integer(0);
  value.cached = undefined;
  store(client, key, value);
  keyspaceOf(client).notify(client.db, '$', 'pfadd', key);
  return integer(1);
}

/** The greatest of each register; keys that are not there count nothing. */
function merged(client: Session, keys: readonly string[]): { registers: Uint8Array; dense: boolean } {
  const registers = new Uint8Array(REGISTER_COUNT);
  let dense = false;
  for (const key of keys) {
    const text = keyspaceOf(client).readString(client.db, key);
    if (text === undefined) continue;
    const value = parsed(text);
    dense ||= value.isDense;
    for (const [i, register] of value.registers().entries()) {
      if (register > (registers[i] as number)) registers[i] = register;
    }
  }
  return { registers, dense };
}

function count(client: Session, args: readonly string[]): string {
  if (args.length > 2) return integer(estimate(merged(client, args.slice(1)).registers));
  const key = args[1] as string;
  const text = keyspaceOf(client).readString(client.db, key);
  if (text === undefined) return integer(0);
  const value = parsed(text);
  if (value.cached === undefined) {
    value.cached = estimate(value.registers());
    store(client, key, value);
  }
  return integer(value.cached ?? 0);
}

function merge(client: Session, args: readonly string[]): string {
  const key = args[1] as string;
  const { registers, dense } = merged(client, args.slice(1));
  const present = keyspaceOf(client).writableString(client.db, key);
  const target = present === undefined ? Hyperloglog.empty() : parsed(present);
  if (dense) target.makeDense();
  for (const [i, register] of registers.entries()) if (register > 0) target.raise(i, register, sparseBytes(client));
  target.cached = undefined;
  store(client, key, target);
  keyspaceOf(client).notify(client.db, '$', 'pfadd', key);
  return OK;
}

/** PFDEBUG looks into a value. */
function debug(client: Session, args: readonly string[]): string {
  const [, name, key] = args as [string, string, string];
  const text = keyspaceOf(client).writableString(client.db, key);
  if (text === undefined) throw new RedisError('ERR The specified key does not exist');
  const value = parsed(text);
  const makeDense = (): boolean => {
    if (value.isDense) return false;
    value.makeDense();
    store(client, key, value);
    return true;
  };
  switch (name.toLowerCase()) {
    case 'getreg':
      makeDense();
      return array([...value.registers()].map(integer));
    case 'decode':
      if (value.isDense) throw new RedisError('ERR HLL encoding is not sparse');
      return bulk(value.decodeSparse());
    case 'encoding':
      return simple(value.isDense ? 'dense' : 'sparse');
    case 'todense':
      return integer(makeDense() ? 1 : 0);
    default:
      throw new RedisError(`ERR Unknown PFDEBUG subcommand '${cString(name)}'`);
  }
}

const categories = ['hyperloglog'];

export const hyperloglogCommands: readonly Command[] = [
  command('pfadd -2 Fmw', { categories, run: add }),
  command('pfcount -2 r', { categories, run: count }),
  command('pfmerge -2 mw', { categories, run: merge }),
  command('pfdebug 3 wma', { categories, run: debug }),
  command('pfselftest 1 a', { categories, run: () => OK }),
];
