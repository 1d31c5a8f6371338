/**
 * The CLIENT container: who is connected, names, killing, pausing, reply modes.
 *
 * @see https://redis.io/docs/latest/commands/client/
 */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { addressOf, clientLine } from '../client-line.js';
import { type Command, command, definer } from '../handler.js';
import { bulkOrNull, cString, integer, OK, verbatim } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { isPlainName, setName } from './connection.js';
import { withHelp, wrongForm } from './help.js';
import { parseTimeoutMs, TIME_LIMIT_MS } from './timeout.js';
import { trackingSubcommands } from './tracking.js';

const TYPES = ['normal', 'master', 'replica', 'slave', 'pubsub'];

function classOf(word: string): string {
  const type = word.toLowerCase();
  if (!TYPES.includes(type)) throw new RedisError(`ERR Unknown client type '${cString(word)}'`);
  return type === 'replica' ? 'slave' : type;
}

function list(client: Session, args: readonly string[]): string {
  let chosen = [...client.door.sessions.values()];
  const option = args[2]?.toLowerCase();
  if (option === 'type' && args.length === 4) {
    const type = classOf(args[3] as string);
    chosen = chosen.filter((session) => session.clientClass === type);
  } else if (option === 'id' && args.length > 3) {
    const ids = args.slice(3).map((text) => {
      const id = strictInteger(text);
      if (id === undefined) throw new RedisError('ERR Invalid client ID');
      return id;
    });
    chosen = ids.flatMap((id) => client.door.sessions.get(id) ?? []);
  } else if (args.length > 2) throw new RedisError(SYNTAX_ERROR);
  return verbatim(chosen.map((session) => `${clientLine(session)}\n`).join(''), client.protocol);
}

type Filter = (session: Session) => boolean;

function killFilter(client: Session, name: string, value: string): Filter | 'skip' | 'no-skip' {
  switch (name.toLowerCase()) {
    case 'id': {
      const id = strictInteger(value);
      if (id === undefined || id < 1) throw new RedisError('ERR client-id should be greater than 0');
      return (session) => session.id === id;
    }
    case 'type': {
      const type = classOf(value);
      return (session) => session.clientClass === type;
    }
    case 'addr':
      return (session) => addressOf(session.connection.remote) === value;
    case 'laddr':
      return (session) => addressOf(session.connection.local) === value;
    case 'user':
      if (!client.door.broker.acl.get(value)) throw new RedisError(`ERR No such user '${cString(value)}'`);
      return (session) => session.user.name === value;
    case 'skipme':
      if (/^yes$/i.test(value)) return 'skip';
      if (/^no$/i.test(value)) return 'no-skip';
      throw new RedisError(SYNTAX_ERROR);
    default:
      throw new RedisError(SYNTAX_ERROR);
  }
}

function kill(client: Session, args: readonly string[]): string {
  if (args.length === 3) {
    const victim = [...client.door.sessions.values()].find((s) => addressOf(s.connection.remote) === args[2]);
    if (!victim) throw new RedisError('ERR No such client');
    return killAll(client, [victim], OK);
  }
  if (args.length % 2 !== 0) throw new RedisError(SYNTAX_ERROR);
  const filters: Filter[] = [];
  let skipMe = true;
  for (let i = 2; i < args.length; i += 2) {
    const filter = killFilter(client, args[i] as string, args[i + 1] as string);
    if (typeof filter === 'string') skipMe = filter === 'skip';
    else filters.push(filter);
  }
  const victims = [...client.door.sessions.values()].filter(
    (session) => !(skipMe && session === client) && filters.every((filter) => filter(session)),
  );
  return killAll(client, victims, integer(victims.length));
}

/** Victims see a plain close; the caller first gets its reply. */
function killAll(client: Session, victims: readonly Session[], reply: string): string {
  for (const victim of victims) if (victim !== client) victim.kill();
  if (!victims.includes(client)) return reply;
  // Of a transaction that kills its own client, nothing more is answered.
  client.reply(reply);
  client.closeAfterReply();
  return '';
}

function reply(client: Session, args: readonly string[]): string {
  switch ((args[2] as string).toLowerCase()) {
    case 'on':
      // A SKIP of the same transaction stays in force.
      if (client.replyMode !== 'skip-next') client.replyMode = 'on';
      return OK;
    case 'off':
      client.replyMode = 'off';
      return '';
    case 'skip':
      if (client.replyMode !== 'off') client.replyMode = 'skip-next';
      return '';
    default:
      throw new RedisError(SYNTAX_ERROR);
  }
}

function pause(client: Session, args: readonly string[]): string {
  if (args.length > 4) throw wrongForm(args);
  const mode = (args[3] ?? 'all').toLowerCase();
  if (mode !== 'all' && mode !== 'write') throw new RedisError('ERR CLIENT PAUSE mode must be WRITE or ALL');
  const durationMs = parseTimeoutMs(args[2] as string, 'milliseconds');
  // An end beyond 64 bits lies in the past.
  if (client.door.now + durationMs < TIME_LIMIT_MS) client.door.pause.start(durationMs, mode === 'write');
  return OK;
}

function unpause(client: Session): string {
  client.door.pause.end();
  return OK;
}

function unblock(client: Session, args: readonly string[]): string {
  if (args.length > 4) throw wrongForm(args);
  const mode = (args[3] ?? 'timeout').toLowerCase();
  if (mode !== 'timeout' && mode !== 'error') {
    throw new RedisError('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
  }
  const id = strictInteger(args[2] as string);
  if (id === undefined) throw new RedisError('ERR value is not an integer or out of range');
  const blocked = client.door.sessions.get(id)?.blocked;
  if (!blocked) return integer(0);
  const answer = mode === 'error' ? '-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n' : blocked.timeoutReply();
  return integer(blocked.delayed.complete(answer) ? 1 : 0);
}

function onOff(word: string): boolean {
  if (/^on$/i.test(word)) return true;
  if (/^off$/i.test(word)) return false;
  throw new RedisError(SYNTAX_ERROR);
}

function noEvict(client: Session, args: readonly string[]): string {
  client.noEvict = onOff(args[2] as string);
  return OK;
}

function noTouch(client: Session, args: readonly string[]): string {
  client.noTouch = onOff(args[2] as string);
  return OK;
}

function setInfo(client: Session, args: readonly string[]): string {
  const option = (args[2] as string).toUpperCase();
  if (option !== 'LIB-NAME' && option !== 'LIB-VER')
    throw new RedisError(`ERR Unrecognized option '${cString(args[2] as string)}'`);
  const value = args[3] as string;
  if (!isPlainName(value)) throw new RedisError(`ERR ${option} cannot contain spaces, newlines or special characters.`);
  if (option === 'LIB-NAME') client.libName = value;
  else client.libVersion = value;
  return OK;
}

const categories = ['connection'];
const define = definer(categories);

export const clientCommands: readonly Command[] = [
  command('client -2', {
    subcommands: withHelp(
      [
        define('client|id 2 lst', (client) => integer(client.id)),
        define('client|info 2 lst', (client) => verbatim(`${clientLine(client)}\n`, client.protocol)),
        define('client|list -2 alst', list),
        define('client|kill -3 alst', kill),
        define('client|setname 3 lst', (client, args) => {
          setName(client, args[2] as string);
          return OK;
        }),
        define('client|getname 2 lst', (client) =>
          bulkOrNull(client.name === '' ? undefined : client.name, client.protocol),
        ),
        command('client|setinfo 4 lst', { categories, since: '7.2', run: setInfo }),
        define('client|reply 3 lst', reply),
        define('client|pause -3 alst', pause),
        define('client|unpause 2 alst', unpause),
        define('client|unblock -3 alst', unblock),
        define('client|no-evict 3 alst', noEvict),
        command('client|no-touch 3 lst', { categories, since: '7.2', run: noTouch }),
        ...trackingSubcommands,
      ],
      categories,
    ),
  }),
];
