/**
 * Sorted sets that are waited for: BZPOPMIN, BZPOPMAX.
 *
 * @see https://redis.io/docs/latest/commands/bzpopmin/
 */
import { type RedisValue, SortedSetValue } from '../../../models/redis/index.js';
import { block } from '../blocking.js';
import { type Command, command, type Reply } from '../handler.js';
import { array, bulk, double, nullArray } from '../reply.js';
import type { Session } from '../session.js';
import { popScored } from './sorted-set.js';
import { timeoutMs } from './timeout.js';

const blockingPop =
  (lowest: boolean) =>
  (client: Session, args: readonly string[]): Reply => {
    const { keyspace } = client.door.broker;
    const waitMs = timeoutMs(args.at(-1) as string, 'seconds', client);
    const keys = args.slice(1, -1);
    const take = (key: string, value: RedisValue | undefined) => {
      const found = value instanceof SortedSetValue ? popScored(client, key, value, lowest, 1)[0] : undefined;
      return (
        found &&
        array([bulk(key), bulk(found.member), double(found.score, client.protocol, client.door.broker.version)])
      );
    };
    for (const key of keys) {
      const reply = take(key, keyspace.writableAs(client.db, key, SortedSetValue));
      if (reply !== undefined) return reply;
    }
    return block(client, { keys, timeoutMs: waitMs, onTimeout: () => nullArray(client.protocol), attempt: take });
  };

const categories = ['sortedset'];

export const sortedSetBlockingCommands: readonly Command[] = [
  command('bzpopmin -3 Fbsw', { keys: [1, -2, 1], categories, run: blockingPop(true) }),
  command('bzpopmax -3 Fbsw', { keys: [1, -2, 1], categories, run: blockingPop(false) }),
];
