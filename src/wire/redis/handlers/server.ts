/**
 * CONFIG, COMMAND, TIME, MONITOR, DEBUG, and what clients ask a server at their start.
 *
 * Not done: persistence (SAVE answers OK and writes nothing), MODULE LOAD.
 *
 * @see https://redis.io/docs/latest/commands/?group=server
 */
import { globMatchIgnoreCase, NOT_AN_INTEGER, RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { keysOf, resolve } from '../dispatch.js';
import { type Command, command } from '../handler.js';
import { array, bulk, bulks, EMPTY_ARRAY, integer, map, nullBulk, OK, set, simple, verbatim } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { debugCommand } from './debug.js';
import { withHelp } from './help.js';
import { info } from './info.js';
import { slowlogCommands } from './slowlog.js';

function configGet(client: Session, args: readonly string[]): string {
  const found = client.door.broker.config.get(args.slice(2));
  return map(
    found.map(([name, value]) => [bulk(name), bulk(value)]),
    client.protocol,
  );
}

function configSet(client: Session, args: readonly string[]): string {
  const { broker } = client.door;
  const pairs = args.slice(2);
  broker.config.set(pairs);
  if (pairs.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'maxmemory')) broker.overMemory(true);
  return OK;
}

/** One command as COMMAND INFO shows it. */
function describe(entry: Command, client: Session): string {
  const { protocol } = client;
  const [first, last, step] = entry.keys;
  return array([
    bulk(entry.name),
    integer(entry.arity),
    set([...entry.flags].map(simple), protocol),
    integer(first),
    integer(last),
    integer(step),
    set(
      entry.categories.map((category) => simple(`@${category}`)),
      protocol,
    ),
    set(entry.tips.map(bulk), protocol),
    set([], protocol),
    set(
      [...(entry.subcommands?.values() ?? [])].map((sub) => describe(sub, client)),
      protocol,
    ),
  ]);
}

function find(client: Session, name: string): Command | undefined {
  const [base = '', sub, more] = name.toLowerCase().split('|');
  const entry = more === undefined ? client.door.commands.get(base) : undefined;
  return sub === undefined ? entry : entry?.subcommands?.get(sub);
}

function commandInfo(client: Session, names: readonly string[]): string {
  return array(
    names.map((name) => {
      const entry = find(client, name);
      return entry ? describe(entry, client) : nullBulk(client.protocol);
    }),
  );
}

function commandList(client: Session, args: readonly string[]): string {
  const named = [...client.door.commands.values()].flatMap((entry) => [entry, ...(entry.subcommands?.values() ?? [])]);
  if (args.length === 2) return bulks(named.map((entry) => entry.name));
  const [, , filterBy, kind, value] = args.map((arg) => arg.toLowerCase());
  if (args.length !== 5 || filterBy !== 'filterby') throw new RedisError(SYNTAX_ERROR);
  if (kind === 'pattern') {
    return bulks(named.map((entry) => entry.name).filter((name) => globMatchIgnoreCase(args[4] as string, name)));
  }
  if (kind === 'aclcat') {
    return bulks(named.filter((entry) => entry.categories.includes(value as string)).map((entry) => entry.name));
  }
  if (kind === 'module') return EMPTY_ARRAY;
  throw new RedisError(SYNTAX_ERROR);
}

function getKeys(client: Session, args: readonly string[]): string {
  const request = args.slice(2);
  let target: Command;
  try {
    target = resolve(client, request);
  } catch (failure) {
    if (!(failure instanceof RedisError)) throw failure;
    const arity = failure.line.startsWith('ERR wrong number');
    throw new RedisError(
      arity ? 'ERR Invalid number of arguments specified for command' : 'ERR Invalid command specified',
    );
  }
  const keys = keysOf(client, target, request);
  if (keys.length === 0 && !target.flags.has('no_mandatory_keys')) {
    throw new RedisError('ERR The command has no key arguments');
  }
  return bulks(keys);
}

function docs(client: Session, args: readonly string[]): string {
  const entries =
    args.length > 2 ? args.slice(2).flatMap((name) => find(client, name) ?? []) : [...client.door.commands.values()];
  return map(
    entries.map((entry) => [
      bulk(entry.name),
      map(
        [
          [bulk('summary'), bulk(`The ${entry.name.toUpperCase()} command.`)],
          [bulk('group'), bulk(entry.categories.at(-1) ?? 'generic')],
        ],
        client.protocol,
      ),
    ]),
    client.protocol,
  );
}

function time(client: Session): string {
  const now = client.door.now;
  return bulks([String(Math.floor(now / 1000)), String((now % 1000) * 1000)]);
}

function monitor(client: Session): string {
  client.door.startMonitoring(client);
  return OK;
}

function shutdown(client: Session, args: readonly string[]): string {
  const known = /^(nosave|save|now|force|abort)$/i;
  if (args.slice(1).some((word) => !known.test(word))) throw new RedisError(SYNTAX_ERROR);
  for (const session of client.door.sessions.values()) session.close();
  return '';
}

function memoryUsage(client: Session, args: readonly string[]): string {
  const bytes = client.door.broker.memoryUsage(client.db, args[2] as string);
  return bytes === undefined ? (client.protocol === 3 ? '_\r\n' : '$-1\r\n') : integer(bytes);
}

function lolwut(client: Session, args: readonly string[]): string {
  if (args[1]?.toLowerCase() === 'version' && strictInteger(args[2] ?? '') === undefined) {
    throw new RedisError(NOT_AN_INTEGER);
  }
  return verbatim(`Redis ver. ${client.door.broker.releaseName}\n`, client.protocol);
}

const about = (shape: string, run: NonNullable<Command['run']>) => command(shape, { categories: ['connection'], run });

export const serverCommands: readonly Command[] = [
  command('config -2', {
    subcommands: withHelp([
      command('config|get -3 alst', configGet),
      command('config|set -4 alst', configSet),
      command('config|resetstat 2 alst', (client) => {
        client.door.stats.reset();
        return OK;
      }),
      command('config|rewrite 2 alst', () => {
        throw new RedisError('ERR The server is running without a config file');
      }),
    ]),
  }),
  command('command -1 lt', {
    categories: ['connection'],
    run: (client) => array([...client.door.commands.values()].map((entry) => describe(entry, client))),
    subcommands: withHelp(
      [
        about('command|count 2 lt', (client) => integer(client.door.commands.size)),
        about('command|docs -2 lt', docs),
        about('command|info -2 lt', (client, args) =>
          commandInfo(client, args.length > 2 ? args.slice(2) : [...client.door.commands.keys()]),
        ),
        about('command|list -2 lt', commandList),
        // 7.0 asks for a command with an argument at least.
        command('command|getkeys -3 lt', { arityIn70: -4, categories: ['connection'], run: getKeys }),
      ],
      ['connection'],
    ),
  }),
  command('info -1 lt', { categories: ['dangerous'], run: info }),
  command('time 1 Flt', time),
  command('monitor 1 alst', monitor),
  command('shutdown -1 BXalst', shutdown),
  command('save 1 AXas', () => OK),
  command('bgsave -1 Aas', (_client, args) => {
    if (args.length > 1 && args[1]?.toLowerCase() !== 'schedule') throw new RedisError(SYNTAX_ERROR);
    return simple('Background saving started');
  }),
  command('bgrewriteaof 1 Aas', (client) => {
    const state = client.transaction.running ? 'scheduled' : 'started';
    return simple(`Background append only file rewriting ${state}`);
  }),
  command('lastsave 1 Flt', {
    categories: ['admin', 'dangerous'],
    run: (client) => integer(Math.floor(client.door.startedMs / 1000)),
  }),
  command('lolwut -1 Fr', lolwut),
  command('memory -2', {
    subcommands: withHelp([
      command('memory|usage -3 r', { keys: [2, 2, 1], run: memoryUsage }),
      command('memory|doctor 2', (client) =>
        verbatim('Hi Sam, this instance is empty or is using very little memory.\n', client.protocol),
      ),
    ]),
  }),
  ...slowlogCommands,
  command('latency -2', {
    subcommands: withHelp([
      command('latency|latest 2 alst', () => EMPTY_ARRAY),
      command('latency|reset -2 alst', () => integer(0)),
    ]),
  }),
  command('module -2', {
    subcommands: withHelp([
      command('module|list 2 as', () => EMPTY_ARRAY),
      command('module|load -3 Aas', () => EMPTY_ARRAY),
    ]),
  }),
  debugCommand,
];
