/**
 * LCS: the longest common subsequence of two strings.
 *
 * @see https://redis.io/docs/latest/commands/lcs/
 */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { array, bulk, integer, map } from '../reply.js';
import type { Session } from '../session.js';
import { int } from './number.js';

interface LcsOptions {
  length: boolean;
  index: boolean;
  withLength: boolean;
  shortest: number;
}

function optionsOf(args: readonly string[]): LcsOptions {
  const options: LcsOptions = { length: false, index: false, withLength: false, shortest: 0 };
  for (let i = 3; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if (word === 'len') options.length = true;
    else if (word === 'idx') options.index = true;
    else if (word === 'withmatchlen') options.withLength = true;
    else if (word === 'minmatchlen' && i + 1 < args.length) options.shortest = Math.max(0, int(args[++i] as string));
    else throw new RedisError(SYNTAX_ERROR);
  }
  if (options.length && options.index) {
    throw new RedisError('ERR If you want both the length and indexes, please just use IDX.');
  }
  return options;
}

/** Lengths of the common subsequences of all prefixes, row by row, `b.length + 1` to a row. */
function lengths(a: string, b: string): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j;
      if (a.charCodeAt(i - 1) === b.charCodeAt(j - 1)) table[at] = (table[at - width - 1] as number) + 1;
      else table[at] = Math.max(table[at - width] as number, table[at - 1] as number);
    }
  }
  return table;
}

/** A run of bytes that both strings have: where it ends in each, and how long it is. */
interface Run {
  readonly endA: number;
  readonly endB: number;
  length: number;
}

/** Walks from the end of both strings to their start: the runs in that order, and the bytes. */
function walk(a: string, b: string, table: Uint32Array): { runs: Run[]; text: string } {
  const width = b.length + 1;
  const runs: Run[] = [];
  const bytes: string[] = [];
  let joined = false;
  for (let i = a.length, j = b.length; i > 0 && j > 0; ) {
    if (a.charCodeAt(i - 1) === b.charCodeAt(j - 1)) {
      bytes.push(a[i - 1] as string);
      if (joined) (runs.at(-1) as Run).length++;
      else runs.push({ endA: i - 1, endB: j - 1, length: 1 });
      joined = true;
      i--;
      j--;
    } else {
      joined = false;
      if ((table[(i - 1) * width + j] as number) > (table[i * width + j - 1] as number)) i--;
      else j--;
    }
  }
  return { runs, text: bytes.reverse().join('') };
}

/** Most cells that two strings may need: their lengths multiplied. */
const LARGEST_TABLE = 64 * 1024 * 1024;

function lcs(client: Session, args: readonly string[]): string {
  const { keyspace } = client.door.broker;
  const [a, b] = [args[1], args[2]].map((key) => keyspace.read(client.db, key as string)?.value ?? '');
  if (typeof a !== 'string' || typeof b !== 'string') {
    throw new RedisError('ERR The specified keys must contain string values');
  }
  const options = optionsOf(args);
  if ((a.length + 1) * (b.length + 1) > LARGEST_TABLE) {
    throw new RedisError('ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len');
  }
  const table = lengths(a, b);
  const length = table.at(-1) as number;
  if (options.length) return integer(length);
  const { runs, text } = walk(a, b, table);
  if (!options.index) return bulk(text);
  const range = (end: number, count: number) => array([integer(end - count + 1), integer(end)]);
  const shown = runs
    .filter((run) => run.length >= options.shortest)
    .map((run) => {
      const parts = [range(run.endA, run.length), range(run.endB, run.length)];
      return array(options.withLength ? [...parts, integer(run.length)] : parts);
    });
  return map(
    [
      [bulk('matches'), array(shown)],
      [bulk('len'), integer(length)],
    ],
    client.protocol,
  );
}

export const lcsCommand: Command = command('lcs -3 r', { categories: ['string'], run: lcs });
