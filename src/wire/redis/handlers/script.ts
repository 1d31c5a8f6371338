/**
 * SCRIPT, EVAL and EVALSHA.
 *
 * @see https://redis.io/docs/latest/commands/?group=scripting
 */
import { RedisError } from '../../../models/redis/index.js';
import { type Command, command, type Reply } from '../handler.js';
import { array, bulk, integer, OK } from '../reply.js';
import { type Call, digestOf } from '../script/scripting.js';
import type { Session } from '../session.js';
import { withHelp } from './help.js';
import { int } from './number.js';

/** @throws RedisError */
function readCall(args: readonly string[]): Call {
  const count = int(args[2] as string);
  if (count > args.length - 3) throw new RedisError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new RedisError("ERR Number of keys can't be negative");
  const readOnly = (args[0] as string).toLowerCase().endsWith('_ro');
  return { keys: args.slice(3, 3 + count), args: args.slice(3 + count), readOnly, request: args };
}

function evaluate(client: Session, args: readonly string[]): Reply {
  client.door.showCommand(client, args);
  const call = readCall(args);
  const { scripting } = client.door;
  const source = args[1] as string;
  if (!scripting.has(digestOf(source))) scripting.check(source);
  scripting.keep(source);
  return scripting.run(client, source, call);
}

function evaluateLoaded(client: Session, args: readonly string[]): Reply {
  client.door.showCommand(client, args);
  const call = readCall(args);
  const source = client.door.scripting.source(args[1] as string);
  if (source === undefined) throw new RedisError('NOSCRIPT No matching script. Please use EVAL.');
  return client.door.scripting.run(client, source, call);
}

function load(client: Session, args: readonly string[]): string {
  const { scripting } = client.door;
  const source = args[2] as string;
  scripting.check(source);
  const digest = scripting.keep(source);
  if (digest !== undefined) return bulk(digest);
  const { redisScriptCount } = client.door.context.limits;
  throw new RedisError(`ERR limits.redisScriptCount (${redisScriptCount}) reached; SCRIPT FLUSH forgets all scripts`);
}

function checkMode(args: readonly string[], line: string): void {
  if (args.length > 3 || (args[2] !== undefined && !/^(sync|async)$/i.test(args[2]))) throw new RedisError(line);
}

function flush(client: Session, args: readonly string[]): string {
  checkMode(args, 'ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  client.door.scripting.forget();
  return OK;
}

/** The debugger of scripts can be left, not entered. */
function debug(_client: Session, args: readonly string[]): string {
  switch ((args[2] as string).toLowerCase()) {
    case 'no':
      return OK;
    case 'yes':
    case 'sync':
      throw new RedisError('ERR this broker has no debugger for scripts');
    default:
      throw new RedisError('ERR Use SCRIPT DEBUG YES/SYNC/NO');
  }
}

const categories = ['scripting'];

export const scriptCommands: readonly Command[] = [
  command('eval -3 stMKv', { categories, run: evaluate }),
  command('eval_ro -3 rstMKv', { categories, run: evaluate }),
  command('evalsha -3 stMKv', { categories, run: evaluateLoaded }),
  command('evalsha_ro -3 rstMKv', { categories, run: evaluateLoaded }),
  command('script -2', {
    subcommands: withHelp(
      [
        command('script|load 3 st', { categories, run: load }),
        command('script|exists -3 s', {
          categories,
          run: (client, args) =>
            array(args.slice(2).map((digest) => integer(client.door.scripting.has(digest) ? 1 : 0))),
        }),
        command('script|flush -2 s', { categories, run: flush }),
        command('script|debug 3 s', { categories, run: debug }),
        command('script|kill 2 sB', {
          categories,
          run: (client) => {
            client.door.scripting.kill('SCRIPT');
            return OK;
          },
        }),
      ],
      categories,
    ),
  }),
];
