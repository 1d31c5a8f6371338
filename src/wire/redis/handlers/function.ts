/**
 * FUNCTION, FCALL and FCALL_RO.
 *
 * @see https://redis.io/docs/latest/commands/?group=scripting
 */
import { globMatchIgnoreCase, RedisError } from '../../../models/redis/index.js';
import { type Command, command, type Reply } from '../handler.js';
import { dumpLibraries, readLibraries } from '../rdb-function.js';
import { isDump } from '../rdb-value.js';
import { array, bulk, bulkOrNull, bulks, integer, map, nullBulk, OK, type Protocol, set, simple } from '../reply.js';
import { FunctionLibraries } from '../script/function-libraries.js';
import { type Library, readLibrary } from '../script/library.js';
import type { Call, RunningFunction } from '../script/scripting.js';
import type { Session } from '../session.js';
import { withHelp, wrongForm } from './help.js';
import { strictInt64 } from './number.js';

function load(client: Session, args: readonly string[]): string {
  const { scripting } = client.door;
  const options = args.slice(2, -1);
  for (const option of options) {
    if (option.toLowerCase() !== 'replace') throw new RedisError(`ERR Unknown option given: ${option}`);
  }
  const code = args.at(-1) as string;
  const { name, body } = readLibrary(code);
  if (options.length === 0 && scripting.functions.has(name)) {
    throw new RedisError(`ERR Library '${name}' already exists`);
  }
  scripting.functions.put({ name, code, body, functions: scripting.loadLibrary(body) });
  return bulk(name);
}

function dump({ door }: Session): string {
  const codes = door.scripting.functions.all().map(({ code }) => code);
  return bulk(dumpLibraries(codes, door.broker.version));
}

function restore({ door }: Session, args: readonly string[]): string {
  if (args.length > 4) {
    throw wrongForm(args);
  }
  const policy = (args[3] ?? 'append').toLowerCase();
  if (!['append', 'replace', 'flush'].includes(policy)) {
    throw new RedisError('ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.');
  }
  const payload = args[2] as string;
  if (!isDump(payload, door.broker.version)) throw new RedisError('ERR DUMP payload version or checksum are wrong');
  const restored = new FunctionLibraries();
  for (const code of readLibraries(payload)) {
    const { name, body } = readLibrary(code);
    if (restored.has(name)) throw new RedisError(`ERR Library '${name}' already exists`);
    restored.put({ name, code, body, functions: door.scripting.loadLibrary(body) });
  }
  const { functions } = door.scripting;
  if (policy === 'flush') functions.clear();
  functions.join(restored.all(), policy === 'replace');
  return OK;
}

function remove(client: Session, args: readonly string[]): string {
  if (!client.door.scripting.functions.delete(args[2] as string)) throw new RedisError('ERR Library not found');
  return OK;
}

function flush(client: Session, args: readonly string[]): string {
  if (args.length > 3) {
    throw wrongForm(args);
  }
  if (args[2] !== undefined && !/^(sync|async)$/i.test(args[2])) {
    throw new RedisError('ERR FUNCTION FLUSH only supports SYNC|ASYNC option');
  }
  client.door.scripting.functions.clear();
  return OK;
}

function list(client: Session, args: readonly string[]): string {
  let pattern: string | undefined;
  let withCode = false;
  for (let i = 2; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if (word === 'withcode' && !withCode) withCode = true;
    else if (word === 'libraryname' && pattern === undefined) {
      pattern = args[++i];
      if (pattern === undefined) throw new RedisError('ERR library name argument was not given');
    } else throw new RedisError(`ERR Unknown argument ${args[i]}`);
  }
  const all = client.door.scripting.functions.all();
  const found = all.filter(({ name }) => pattern === undefined || globMatchIgnoreCase(pattern, name));
  return array(found.map((library) => libraryReply(client, library, withCode)));
}

function libraryReply({ protocol }: Session, { name, code, functions }: Library, withCode: boolean): string {
  const listed = functions.map((one) =>
    map(
      [
        [bulk('name'), bulk(one.name)],
        [bulk('description'), bulkOrNull(one.description, protocol)],
        [bulk('flags'), set(one.flags.map(simple), protocol)],
      ],
      protocol,
    ),
  );
  const pairs: Array<[string, string]> = [
    [bulk('library_name'), bulk(name)],
    [bulk('engine'), bulk('LUA')],
    [bulk('functions'), array(listed)],
  ];
  if (withCode) pairs.push([bulk('library_code'), bulk(code)]);
  return map(pairs, protocol);
}

function runningReply({ name, request, durationMs }: RunningFunction, protocol: Protocol): string {
  return map(
    [
      [bulk('name'), bulk(name)],
      [bulk('command'), bulks(request)],
      [bulk('duration_ms'), integer(durationMs)],
    ],
    protocol,
  );
}

function stats({ door, protocol }: Session): string {
  const running = door.scripting.runningFunction;
  const libraries = door.scripting.functions.all();
  const functionCount = libraries.reduce((sum, { functions }) => sum + functions.length, 0);
  const counts: Array<[string, string]> = [
    [bulk('libraries_count'), integer(libraries.length)],
    [bulk('functions_count'), integer(functionCount)],
  ];
  const engines = map([[bulk('LUA'), map(counts, protocol)]], protocol);
  return map(
    [
      [bulk('running_script'), running ? runningReply(running, protocol) : nullBulk(protocol)],
      [bulk('engines'), engines],
    ],
    protocol,
  );
}

/** @throws RedisError */
function readCall(args: readonly string[], readOnly: boolean): Call {
  const count = strictInt64(args[2] as string);
  if (count === undefined) throw new RedisError('ERR Bad number of keys provided');
  if (count > args.length - 3) throw new RedisError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new RedisError("ERR Number of keys can't be negative");
  const end = 3 + Number(count);
  return { keys: args.slice(3, end), args: args.slice(end), readOnly, request: args };
}

const fcall =
  (readOnly: boolean) =>
  (client: Session, args: readonly string[]): Reply => {
    client.door.showCommand(client, args);
    const { scripting } = client.door;
    const name = args[1] as string;
    if (!scripting.functions.find(name)) throw new RedisError('ERR Function not found');
    return scripting.callFunction(client, name, readCall(args, readOnly));
  };

const categories = ['scripting'];

export const functionCommands: readonly Command[] = [
  command('fcall -3 stMKv', { categories, run: fcall(false) }),
  command('fcall_ro -3 rstMKv', { categories, run: fcall(true) }),
  command('function -2', {
    subcommands: withHelp(
      [
        command('function|load -3 msw', { categories, run: load }),
        command('function|delete 3 sw', { categories, run: remove }),
        command('function|flush -2 sw', { categories, run: flush }),
        command('function|list -2 s', { categories, run: list }),
        command('function|dump 2 s', { categories, run: dump }),
        command('function|restore -3 mws', {
          categories,
          run: restore,
        }),
        command('function|stats 2 sB', { categories, run: stats }),
        command('function|kill 2 sB', {
          categories,
          run: (client) => {
            client.door.scripting.kill('FUNCTION');
            return OK;
          },
        }),
      ],
      categories,
    ),
  }),
];
