/**
 * Sorted sets that are waited for: BZPOPMIN, BZPOPMAX.
 *
 * @see https://redis.io/docs/latest/commands/bzpopmin/
 */
import { type RedisValue, type Scored, SortedSetValue } from '../../../models/redis/index.js';
import { block } from '../blocking.js';
import { type Command, command, type Reply } from '../handler.js';
import { bulk, double, nullArray } from '../reply.js';
import type { Session } from '../session.js';
import { popScored } from './sorted-set.js';
import { parseTimeoutMs } from './timeout.js';

const blockingPop =
  (lowest: boolean) =>
  (client: Session, args: readonly string[]): Reply => {
    const { keyspace } = client.door.broker;
    const waitMs = parseTimeoutMs(args.at(-1) as string, 'seconds');
    const keys = args.slice(1, -1);
    const { version } = client.door.broker;
    const head = (key: string) => `*3\r\n${bulk(key)}`;
    const body = (found: readonly Scored[]) =>
      found.map(({ member, score }) => bulk(member) + double(score, client.protocol, version)).join('');
    const wanted = { lowest, count: 1 };
    for (const key of keys) {
      const sorted = keyspace.writableAs(client.db, key, SortedSetValue);
      if (!sorted) continue;
      popScored(client, key, sorted, wanted, (found) => [head(key), body(found)]);
      return '';
    }
    const attempt = (key: string, value: RedisValue | undefined) =>
      value instanceof SortedSetValue ? head(key) + body(popScored(client, key, value, wanted)) : undefined;
    return block(client, { keys, timeoutMs: waitMs, onTimeout: () => nullArray(client.protocol), attempt });
  };

const categories = ['sortedset'];

export const sortedSetBlockingCommands: readonly Command[] = [
  command('bzpopmin -3 Fbsw', { categories, run: blockingPop(true) }),
  command('bzpopmax -3 Fbsw', { categories, run: blockingPop(false) }),
];
