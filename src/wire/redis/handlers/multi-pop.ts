/**
 * Pops from the first of several keys that has something: LMPOP, ZMPOP, and BLMPOP and BZMPOP, which wait for it.
 *
 * @see https://redis.io/docs/latest/commands/lmpop/
 */
import {
  ListValue,
  RedisError,
  type RedisValue,
  type Scored,
  SortedSetValue,
  SYNTAX_ERROR,
} from '../../../models/redis/index.js';
import { block } from '../blocking.js';
import { type Command, command, type Reply } from '../handler.js';
import { array, bulk, bulks, nullArray } from '../reply.js';
import type { Session } from '../session.js';
import { popItems } from './list.js';
import { positiveInt } from './number.js';
import { pairReply, popScored } from './sorted-set.js';
import { parseTimeoutMs } from './timeout.js';

/** What is popped: answers undefined where there is nothing. */
interface Kind {
  readonly ends: readonly [first: string, last: string];
  readonly type: typeof ListValue | typeof SortedSetValue;
  /** Pops and fires the events. @param reply what is written before them, from what stands in the answer */
  take(client: Session, from: RedisValue | undefined, pop: Pop, reply?: (taken: string) => string): string | undefined;
}

interface Pop {
  readonly key: string;
  readonly fromFirst: boolean;
  readonly count: number;
}

const LISTS: Kind = {
  ends: ['left', 'right'],
  type: ListValue,
  take: (client, from, { key, fromFirst, count }, reply) =>
    from instanceof ListValue
      ? bulks(
          popItems(client, key, from, fromFirst ? 'left' : 'right', count, reply && ((items) => reply(bulks(items)))),
        )
      : undefined,
};

const SORTED_SETS: Kind = {
  ends: ['min', 'max'],
  type: SortedSetValue,
  take: (client, from, { key, fromFirst, count }, reply) => {
    if (!(from instanceof SortedSetValue)) return undefined;
    const body = (found: readonly Scored[]) => found.map((one) => pairReply(client, one)).join('');
    const head = (found: readonly Scored[]) => `*${found.length}\r\n`;
    const parts = reply && ((found: readonly Scored[]) => [reply(head(found)), body(found)] as const);
    const found = popScored(client, key, from, { lowest: fromFirst, count }, parts);
    return head(found) + body(found);
  },
};

interface MultiPop {
  readonly keys: readonly string[];
  readonly fromFirst: boolean;
  readonly count: number;
}

/** @param args from the number of keys on. @throws RedisError */
function request(args: readonly string[], kind: Kind): MultiPop {
  const keyCount = positiveInt(args[0] as string, 'ERR numkeys should be greater than 0');
  const end = args[keyCount + 1]?.toLowerCase();
  if (end === undefined || !kind.ends.includes(end)) throw new RedisError(SYNTAX_ERROR);
  const words = args.slice(keyCount + 2);
  const isCount = words.length >= 2 && words[0]?.toLowerCase() === 'count';
  const count = isCount ? positiveInt(words[1] as string, 'ERR count should be greater than 0') : 1;
  if (words.length > (isCount ? 2 : 0)) throw new RedisError(SYNTAX_ERROR);
  return { keys: args.slice(1, keyCount + 1), fromFirst: end === kind.ends[0], count };
}

const multiPop =
  (kind: Kind, blocking: boolean) =>
  (client: Session, args: readonly string[]): Reply => {
    const { keyspace } = client.door.broker;
    const { keys, fromFirst, count } = request(args.slice(blocking ? 2 : 1), kind);
    const waitMs = blocking ? parseTimeoutMs(args[1] as string, 'seconds') : 0;
    const answer = (key: string) => (taken: string) => array([bulk(key), taken]);
    for (const key of keys) {
      const from = keyspace.writableAs<ListValue | SortedSetValue>(client.db, key, kind.type);
      if (kind.take(client, from, { key, fromFirst, count }, answer(key)) !== undefined) return '';
    }
    const attempt = (key: string, value: RedisValue | undefined) => {
      const taken = kind.take(client, value, { key, fromFirst, count });
      return taken === undefined ? undefined : answer(key)(taken);
    };
    const onTimeout = () => nullArray(client.protocol);
    return blocking ? block(client, { keys, timeoutMs: waitMs, onTimeout, attempt }) : onTimeout();
  };

export const listMultiPopCommands: readonly Command[] = [
  command('lmpop -4 wv', { categories: ['list'], run: multiPop(LISTS, false) }),
  command('blmpop -5 bwv', { categories: ['list'], run: multiPop(LISTS, true) }),
];

export const sortedSetMultiPopCommands: readonly Command[] = [
  command('zmpop -4 wv', { categories: ['sortedset'], run: multiPop(SORTED_SETS, false) }),
  command('bzmpop -5 bwv', { categories: ['sortedset'], run: multiPop(SORTED_SETS, true) }),
];
