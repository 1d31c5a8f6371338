/**
 * SCRIPT, FUNCTION, EVAL and EVALSHA.
 *
 * Not done: running Lua. Scripts can be loaded and asked for; EVAL and EVALSHA check their arguments as Redis does and
 * then refuse. There are no functions.
 *
 * @see https://redis.io/docs/latest/commands/?group=scripting
 */
import { createHash } from 'node:crypto';
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { array, bulk, EMPTY_ARRAY, integer, OK } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp } from './help.js';
import { int } from './number.js';

const NO_LUA = 'ERR this broker does not run Lua scripts; send the commands themselves, in MULTI and EXEC if need be';

const sha1 = (text: string): string => createHash('sha1').update(Buffer.from(text, 'latin1')).digest('hex');

/** @throws RedisError */
function checkKeyCount(args: readonly string[]): void {
  const count = int(args[2] as string);
  if (count > args.length - 3) throw new RedisError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new RedisError("ERR Number of keys can't be negative");
}

function evaluate(_client: Session, args: readonly string[]): string {
  checkKeyCount(args);
  throw new RedisError(NO_LUA);
}

function evaluateLoaded(client: Session, args: readonly string[]): string {
  checkKeyCount(args);
  if (client.door.scripts.has((args[1] as string).toLowerCase())) throw new RedisError(NO_LUA);
  throw new RedisError('NOSCRIPT No matching script. Please use EVAL.');
}

function load(client: Session, args: readonly string[]): string {
  const digest = sha1(args[2] as string);
  const { redisScriptCount } = client.door.context.limits;
  if (!client.door.scripts.has(digest) && client.door.scripts.size >= redisScriptCount) {
    throw new RedisError(`ERR limits.redisScriptCount (${redisScriptCount}) reached; SCRIPT FLUSH forgets all scripts`);
  }
  client.door.scripts.add(digest);
  return bulk(digest);
}

function checkMode(args: readonly string[], line: string): void {
  if (args.length > 3 || (args[2] !== undefined && !/^(sync|async)$/i.test(args[2]))) throw new RedisError(line);
}

function flush(client: Session, args: readonly string[]): string {
  checkMode(args, 'ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  client.door.scripts.clear();
  return OK;
}

/** The keys that EVAL and its kin name: as many as they say, behind the count. */
export function scriptKeys(args: readonly string[]): string[] {
  const count = /^\d{1,9}$/.test(args[2] ?? '') ? Number(args[2]) : 0;
  return args.slice(3, 3 + count);
}

const categories = ['scripting'];

export const scriptCommands: readonly Command[] = [
  command('eval -3 stMKv', { categories, run: evaluate }),
  command('eval_ro -3 rstMKv', { categories, run: evaluate }),
  command('evalsha -3 stMKv', { categories, run: evaluateLoaded }),
  command('evalsha_ro -3 rstMKv', { categories, run: evaluateLoaded }),
  command('script -2', {
    subcommands: withHelp([
      command('script|load 3 st', { categories, run: load }),
      command('script|exists -3 s', {
        categories,
        run: (client, args) =>
          array(args.slice(2).map((digest) => integer(client.door.scripts.has(digest.toLowerCase()) ? 1 : 0))),
      }),
      command('script|flush -2 s', { categories, run: flush }),
      command('script|kill 2 sB', {
        categories,
        run: () => {
          throw new RedisError('NOTBUSY No scripts in execution right now.');
        },
      }),
    ]),
  }),
  command('function -2', {
    subcommands: withHelp([
      command('function|flush -2 sw', {
        categories,
        run: (_client, args) => {
          checkMode(args, SYNTAX_ERROR);
          return OK;
        },
      }),
      command('function|list -2 s', { categories, run: () => EMPTY_ARRAY }),
    ]),
  }),
];
