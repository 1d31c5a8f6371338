/** Random members: what SPOP, SRANDMEMBER, HRANDFIELD and ZRANDMEMBER share. Chance comes from the broker's seed. */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import type { Session } from '../session.js';
import { int64 } from './number.js';

/** With repetitions allowed a client could ask for any number of members. */
const LARGEST_PICK = 1_000_000;
const LARGEST = 2n ** 63n - 1n;

/** How many members: negative allows repetitions. @throws RedisError */
export function randomCount(text: string): number {
  const count = int64(text);
  if (count < -LARGEST)
    throw new RedisError(`ERR value is out of range, value must between -${LARGEST} and ${LARGEST}`);
  return Number(count);
}

/** The count of HRANDFIELD and ZRANDMEMBER, and whether their word stands behind it. @throws RedisError */
export function randomWords(
  args: readonly string[],
  word: 'withvalues' | 'withscores',
): { count: number | undefined; withValues: boolean } {
  if (args[2] === undefined) return { count: undefined, withValues: false };
  const count = randomCount(args[2]);
  if (args.length > 4 || (args[3] !== undefined && args[3].toLowerCase() !== word)) throw new RedisError(SYNTAX_ERROR);
  const withValues = args[3] !== undefined;
  if (withValues && Math.abs(count) > 2 ** 62) throw new RedisError('ERR value is out of range');
  return { count, withValues };
}

/** As many distinct members as there are, or with repetitions for a negative count. */
export function randomPicks<T>(client: Session, members: readonly T[], count: number): T[] {
  const { random } = client.door.context;
  if (count >= 0) return distinctPicks(client, members, count);
  return Array.from({ length: Math.min(-count, LARGEST_PICK) }, () => random.pick(members));
}

/** Distinct members; all of them, in their order, when as many are wanted. */
export function distinctPicks<T>(client: Session, members: readonly T[], count: number): T[] {
  const pool = members.slice();
  if (count >= pool.length) return pool;
  const { random } = client.door.context;
  for (let i = 0; i < count; i++) {
    const other = i + random.int(pool.length - i);
    [pool[i], pool[other]] = [pool[other] as T, pool[i] as T];
  }
  return pool.slice(0, count);
}
