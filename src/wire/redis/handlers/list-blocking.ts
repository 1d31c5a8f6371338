/**
 * Lists that are waited for: BLPOP, BRPOP, BLMOVE, BRPOPLPUSH.
 *
 * @see https://redis.io/docs/latest/commands/blpop/
 */
import { ListValue, type RedisValue, type Side, WRONG_TYPE } from '../../../models/redis/index.js';
import { block, mayBlock } from '../blocking.js';
import { type Command, command, type Reply } from '../handler.js';
import { bulk, bulks, error, nullArray, nullBulk } from '../reply.js';
import type { Session } from '../session.js';
import { moveItem, popItems, sideOf } from './list.js';
import { parseTimeoutMs } from './timeout.js';

const blockingPop =
  (side: Side) =>
  (client: Session, args: readonly string[]): Reply => {
    const { keyspace } = client.door.broker;
    const waitMs = parseTimeoutMs(args.at(-1) as string, 'seconds');
    const keys = args.slice(1, -1);
    for (const key of keys) {
      const list = keyspace.writableAs(client.db, key, ListValue);
      if (!list) continue;
      popItems(client, key, list, side, 1, (items) => bulks([key, ...items]));
      return '';
    }
    const attempt = (key: string, value: RedisValue | undefined) =>
      value instanceof ListValue ? bulks([key, ...popItems(client, key, value, side, 1)]) : undefined;
    return block(client, { keys, timeoutMs: waitMs, onTimeout: () => nullArray(client.protocol), attempt });
  };

function blockingMove(client: Session, args: readonly string[], out: Side, into: Side): Reply {
  const [, from, to] = args as [string, string, string];
  const waitMs = parseTimeoutMs(args.at(-1) as string, 'seconds');
  const wanted = { from, to, out, into };
  if (moveItem(client, wanted, bulk) !== undefined) return '';
  // Whoever has waited is told so as by the other blocking commands.
  if (!mayBlock(client)) return nullBulk(client.protocol);
  return block(client, {
    keys: [from],
    timeoutMs: waitMs,
    onTimeout: () => nullArray(client.protocol),
    attempt: (_key, value) => {
      if (!(value instanceof ListValue)) return undefined;
      const target = client.door.broker.keyspace.lookup(client.db, to)?.value;
      if (target !== undefined && !(target instanceof ListValue)) return error(WRONG_TYPE);
      return bulk(moveItem(client, wanted) as string);
    },
  });
}

const categories = ['list'];

export const listBlockingCommands: readonly Command[] = [
  command('blpop -3 bsw', { categories, run: blockingPop('left') }),
  command('brpop -3 bsw', { categories, run: blockingPop('right') }),
  command('blmove 6 bmsw', {
    categories,
    run: (client, args) => blockingMove(client, args, sideOf(args[3]), sideOf(args[4])),
  }),
  command('brpoplpush 4 bmsw', {
    categories,
    run: (client, args) => blockingMove(client, args, 'right', 'left'),
  }),
];
