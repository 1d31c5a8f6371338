/**
 * DUMP and RESTORE: a value out of a server and into another one.
 *
 * @see https://redis.io/docs/latest/commands/dump/
 */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { dumpValue, isDump, restoreValue } from '../rdb-value.js';
import { bulk, nullBulk, OK } from '../reply.js';
import type { Session } from '../session.js';
import { int } from './number.js';

function dump(client: Session, args: readonly string[]): string {
  const { keyspace, version } = client.door.broker;
  const entry = keyspace.read(client.db, args[1] as string);
  return entry ? bulk(dumpValue(entry.value, version)) : nullBulk(client.protocol);
}

interface RestoreOptions {
  replace: boolean;
  absolute: boolean;
  idleSeconds?: number;
  frequency?: number;
}

/** @throws RedisError */
function optionsOf(args: readonly string[]): RestoreOptions {
  const options: RestoreOptions = { replace: false, absolute: false };
  for (let i = 4; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    const more = i + 1 < args.length;
    if (word === 'replace') options.replace = true;
    else if (word === 'absttl') options.absolute = true;
    else if (word === 'idletime' && more && options.frequency === undefined) {
      options.idleSeconds = int(args[++i] as string);
      if (options.idleSeconds < 0) throw new RedisError('ERR Invalid IDLETIME value, must be >= 0');
    } else if (word === 'freq' && more && options.idleSeconds === undefined) {
      options.frequency = int(args[++i] as string);
      if (options.frequency < 0 || options.frequency > 255) {
        throw new RedisError('ERR Invalid FREQ value, must be >= 0 and <= 255');
      }
    } else throw new RedisError(SYNTAX_ERROR);
  }
  return options;
}

function restore(client: Session, args: readonly string[]): string {
  const { keyspace, version } = client.door.broker;
  const [, key, ttlText, payload] = args as [string, string, string, string];
  const options = optionsOf(args);
  if (!options.replace && keyspace.lookup(client.db, key)) {
    throw new RedisError('BUSYKEY Target key name already exists.');
  }
  const ttl = int(ttlText);
  if (ttl < 0) throw new RedisError('ERR Invalid TTL value, must be >= 0');
  if (!isDump(payload, version)) throw new RedisError('ERR DUMP payload version or checksum are wrong');
  const value = restoreValue(payload);
  if (value === undefined) throw new RedisError('ERR Bad data format');
  const end = ttl === 0 || options.absolute ? ttl : client.door.now + ttl;
  if (end !== 0 && end <= client.door.now) {
    keyspace.delete(client.db, key);
    return OK;
  }
  keyspace.take(client.db, key);
  const entry = keyspace.set(client.db, key, value, end === 0 ? undefined : end);
  const countsUses = client.door.broker.config.text('maxmemory-policy').endsWith('lfu');
  if (countsUses && options.frequency !== undefined) entry.frequency = options.frequency;
  if (!countsUses && options.idleSeconds !== undefined) entry.usedAtMs = client.door.now - options.idleSeconds * 1000;
  keyspace.notify(client.db, 'g', 'restore', key);
  return OK;
}

const categories = ['keyspace'];

export const dumpCommands: readonly Command[] = [
  command('dump 2 r', { categories, run: dump }),
  command('restore -4 mw', { categories: [...categories, 'dangerous'], run: restore }),
  // What MIGRATE sends for a slot that moves.
  command('restore-asking -4 mwk', { categories: [...categories, 'dangerous'], run: restore }),
];
