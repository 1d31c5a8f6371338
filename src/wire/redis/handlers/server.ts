/**
 * CONFIG, TIME, MONITOR, and what clients ask a server at their start.
 *
 * Not done: persistence (SAVE answers OK and writes nothing), MODULE LOAD.
 *
 * @see https://redis.io/docs/latest/commands/?group=server
 */
import { NOT_AN_INTEGER, RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { mayBlock } from '../blocking.js';
import { type Command, command } from '../handler.js';
import { bulk, bulks, EMPTY_ARRAY, integer, map, OK, simple, verbatim } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { commandCommand } from './command.js';
import { debugCommand } from './debug.js';
import { withHelp } from './help.js';
import { info } from './info.js';
import { latencyCommand } from './latency.js';
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

function time(client: Session): string {
  const now = client.door.now;
  return bulks([String(Math.floor(now / 1000)), String((now % 1000) * 1000)]);
}

function monitor(client: Session): string {
  if (!mayBlock(client)) throw new RedisError("ERR MONITOR isn't allowed for DENY BLOCKING client");
  client.door.startMonitoring(client);
  return OK;
}

const SHUTDOWN_WORDS = ['save', 'nosave', 'now', 'force', 'abort'];

function shutdown(client: Session, args: readonly string[]): string {
  const words = new Set(args.slice(1).map((word) => word.toLowerCase()));
  const contradicts = (words.has('abort') && words.size > 1) || (words.has('save') && words.has('nosave'));
  if (contradicts || ![...words].every((word) => SHUTDOWN_WORDS.includes(word))) throw new RedisError(SYNTAX_ERROR);
  // It is over before anybody could stop it.
  if (words.has('abort')) throw new RedisError('ERR No shutdown in progress.');
  for (const session of client.door.sessions.values()) session.close();
  return '';
}

function memoryUsage(client: Session, args: readonly string[]): string {
  const bytes = client.door.broker.memoryUsage(client.db, args[2] as string);
  return bytes === undefined ? (client.protocol === 3 ? '_\r\n' : '$-1\r\n') : integer(bytes);
}

/** What this broker counts: keys and values, and nothing around them. */
function memoryStats(client: Session): string {
  const { usedMemory, keyspace } = client.door.broker;
  let keyCount = 0;
  for (let db = 0; db < keyspace.databaseCount; db++) keyCount += keyspace.database(db).entries.size;
  const fields: Array<[string, number]> = [
    ['peak.allocated', usedMemory],
    ['total.allocated', usedMemory],
    ['startup.allocated', 0],
    ['replication.backlog', 0],
    ['overhead.total', 0],
    ['keys.count', keyCount],
    ['keys.bytes-per-key', keyCount === 0 ? 0 : Math.floor(usedMemory / keyCount)],
    ['dataset.bytes', usedMemory],
  ];
  return map(
    fields.map(([name, value]) => [bulk(name), integer(value)]),
    client.protocol,
  );
}

function lolwut(client: Session, args: readonly string[]): string {
  if (args[1]?.toLowerCase() === 'version' && strictInteger(args[2] ?? '') === undefined) {
    throw new RedisError(NOT_AN_INTEGER);
  }
  return verbatim(`Redis ver. ${client.door.broker.releaseName}\n`, client.protocol);
}

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
  commandCommand,
  command('info -1 lt', { categories: ['dangerous'], run: info }),
  command('time 1 Flt', time),
  command('monitor 1 alst', monitor),
  command('shutdown -1 BXalst', shutdown),
  command('save 1 AXas', (client) => {
    client.door.noteSave();
    return OK;
  }),
  command('bgsave -1 Aas', (client, args) => {
    if (args.length > 1 && args[1]?.toLowerCase() !== 'schedule') throw new RedisError(SYNTAX_ERROR);
    client.door.noteSave();
    return simple('Background saving started');
  }),
  command('bgrewriteaof 1 Aas', (client) => {
    const state = client.transaction.running ? 'scheduled' : 'started';
    return simple(`Background append only file rewriting ${state}`);
  }),
  command('lastsave 1 Flt', {
    categories: ['admin', 'dangerous'],
    run: (client) => integer(Math.floor(client.door.savedMs / 1000)),
  }),
  command('lolwut -1 Fr', lolwut),
  command('memory -2', {
    subcommands: withHelp([
      command('memory|usage -3 r', { run: memoryUsage }),
      command('memory|stats 2', memoryStats),
      command('memory|purge 2', () => OK),
      command('memory|malloc-stats 2', () => bulk('Stats not supported for the current allocator')),
      command('memory|doctor 2', (client) =>
        verbatim('Hi Sam, this instance is empty or is using very little memory.\n', client.protocol),
      ),
    ]),
  }),
  ...slowlogCommands,
  latencyCommand,
  command('module -2', {
    subcommands: withHelp([
      command('module|list 2 as', () => EMPTY_ARRAY),
      // Refused before they run.
      ...['load -3', 'loadex -3', 'unload 3'].map((shape) => command(`module|${shape} Aas`, () => OK)),
    ]),
  }),
  debugCommand,
];
