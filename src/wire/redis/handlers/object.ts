/**
 * OBJECT: how a value is kept, and how much it is used.
 *
 * @see https://redis.io/docs/latest/commands/?group=generic
 */
import { type Entry, ListValue, RedisError, StreamValue } from '../../../models/redis/index.js';
import { type Command, command, definer } from '../handler.js';
import { bulkOrNull, integer, nullBulk } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp } from './help.js';
import { strictInt64 } from './number.js';

function objectEntry(client: Session, args: readonly string[]): Entry | undefined {
  return client.door.broker.keyspace.inspect(client.db, args[2] as string);
}

/** Longest string that Redis keeps beside its header. */
const EMBEDDED_STRING = 44;

/** How Redis would keep a value. */
export function encodingOf({ value, stored }: Entry): string {
  if (value instanceof ListValue) return 'quicklist';
  if (value instanceof StreamValue) return 'stream';
  if (typeof value !== 'string') return value.encoding;
  if (stored === 'raw') return 'raw';
  if (stored !== 'text' && strictInt64(value) !== undefined) return 'int';
  return value.length <= EMBEDDED_STRING ? 'embstr' : 'raw';
}

/** Small integers are shared, for ever. */
const SHARED_BELOW = 10_000n;
const SHARED = 0x7fffffff;

/** How many keys Redis would think share a value. */
export function refCountOf({ value, stored }: Entry): number {
  const number = typeof value === 'string' && !stored ? strictInt64(value) : undefined;
  return number !== undefined && number >= 0n && number < SHARED_BELOW ? SHARED : 1;
}

function objectFrequency(client: Session, args: readonly string[]): string {
  const entry = objectEntry(client, args);
  if (!entry) return nullBulk(client.protocol);
  if (client.door.broker.config.text('maxmemory-policy').endsWith('lfu')) {
    return integer(client.door.broker.keyspace.frequency(entry));
  }
  throw new RedisError(
    'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching ' +
      'between policies at runtime LRU and LFU data will take some time to adjust.',
  );
}

function idleTime(client: Session, args: readonly string[]): string {
  const entry = objectEntry(client, args);
  if (!entry) return nullBulk(client.protocol);
  if (client.door.broker.config.text('maxmemory-policy').endsWith('lfu')) {
    throw new RedisError(
      'ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between ' +
        'policies at runtime LRU and LFU data will take some time to adjust.',
    );
  }
  return integer(Math.floor((client.door.now - entry.usedAtMs) / 1000));
}

const categories = ['keyspace'];
const define = definer(categories);

export const objectCommand: Command = command('object -2', {
  subcommands: withHelp(
    [
      define('object|encoding 3 r', (client, args) => {
        const entry = objectEntry(client, args);
        return bulkOrNull(entry && encodingOf(entry), client.protocol);
      }),
      define('object|refcount 3 r', (client, args) => {
        const entry = objectEntry(client, args);
        return entry ? integer(refCountOf(entry)) : nullBulk(client.protocol);
      }),
      define('object|idletime 3 r', idleTime),
      define('object|freq 3 r', objectFrequency),
    ],
    categories,
  ),
});
