/**
 * Commands about the connection itself: HELLO, AUTH, RESET, PING, ECHO, SELECT. QUIT is answered by `dispatch`, in any
 * state.
 *
 * @see https://redis.io/docs/latest/commands/?group=connection
 */
import { NOT_AN_INTEGER, RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { bulk, cString, EMPTY_ARRAY, integer, map, OK, type Protocol, push } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { strictInt64 } from './number.js';

const WRONG_PASSWORD = 'WRONGPASS invalid username-password pair or user is disabled.';
const BAD_NAME = 'ERR Client names cannot contain spaces, newlines or special characters.';

/** Names of clients and libraries: printable, no spaces. */
export function isPlainName(name: string): boolean {
  return /^[!-~]*$/.test(name);
}

/** Sets a connection's name. @throws RedisError */
export function setName(client: Session, name: string): void {
  if (!isPlainName(name)) throw new RedisError(BAD_NAME);
  client.name = name;
}

function ping(client: Session, args: readonly string[]): string {
  if (args.length > 2) throw new RedisError("ERR wrong number of arguments for 'ping' command");
  if (client.protocol === 2 && client.subscriptions.any) return push([bulk('pong'), bulk(args[1] ?? '')], 2);
  return args.length === 1 ? '+PONG\r\n' : bulk(args[1] as string);
}

function select(client: Session, args: readonly string[]): string {
  const index = strictInteger(args[1] as string);
  if (index === undefined) throw new RedisError(NOT_AN_INTEGER);
  if (index < 0 || index >= client.door.broker.config.number('databases')) {
    throw new RedisError('ERR DB index is out of range');
  }
  if (client.door.broker.clusterEnabled && index !== 0) {
    throw new RedisError('ERR SELECT is not allowed in cluster mode');
  }
  client.db = index;
  return OK;
}

/** Logs in. @throws RedisError WRONGPASS, leaving the present user */
function login(client: Session, command: string, name: string, password: string): void {
  const user = client.door.broker.acl.get(name);
  if (!user?.checkPassword(password)) {
    const context = client.transaction.open ? 'multi' : 'toplevel';
    client.door.aclLog.note(client, { reason: 'auth', context, object: command, userName: name });
    throw new RedisError(WRONG_PASSWORD);
  }
  client.user = user;
  client.loggedIn = true;
}

function auth(client: Session, args: readonly string[]): string {
  if (args.length > 3) throw new RedisError(SYNTAX_ERROR);
  const { acl } = client.door.broker;
  if (args.length === 2 && acl.default.noPassword) {
    throw new RedisError(
      'ERR AUTH <password> called without any password configured for the default user. ' +
        'Are you sure your configuration is correct?',
    );
  }
  login(client, args[0] as string, args.length === 3 ? (args[1] as string) : 'default', args.at(-1) as string);
  return OK;
}

interface HelloOptions {
  readonly auth?: readonly [user: string, password: string] | undefined;
  readonly name?: string | undefined;
}

/** One after the other. @throws RedisError at the first that is none */
function* helloOptions(args: readonly string[]): Generator<HelloOptions> {
  for (let i = 2; i < args.length; ) {
    const word = (args[i] as string).toLowerCase();
    if (word === 'auth' && i + 2 < args.length) {
      yield { auth: [args[i + 1] as string, args[i + 2] as string] };
      i += 3;
    } else if (word === 'setname' && i + 1 < args.length) {
      const name = args[i + 1] as string;
      if (!isPlainName(name)) throw new RedisError(BAD_NAME);
      yield { name };
      i += 2;
    } else throw new RedisError(`ERR Syntax error in HELLO option '${cString(args[i] as string)}'`);
  }
}

function applyOption(client: Session, command: string, { auth, name }: HelloOptions): void {
  if (auth) login(client, command, ...auth);
  if (name !== undefined) client.name = name;
}

function hello(client: Session, args: readonly string[]): string {
  const { broker } = client.door;
  let protocol: Protocol = client.protocol;
  if (args.length > 1) {
    const asked = strictInt64(args[1] as string);
    if (asked === undefined) throw new RedisError('ERR Protocol version is not an integer or out of range');
    if (asked !== 2n && asked !== 3n) throw new RedisError('NOPROTO unsupported protocol version');
    protocol = asked === 3n ? 3 : 2;
  }
  const old = broker.version === '7.0';
  // 7.0 applies options as it reads them, so that a later one that fails leaves the earlier ones in force.
  if (old) for (const option of helloOptions(args)) applyOption(client, args[0] as string, option);
  const { auth, name }: HelloOptions = old ? {} : Object.assign({}, ...helloOptions(args));
  applyOption(client, args[0] as string, { auth });
  if (!client.authenticated) {
    const form = old ? 'HELLO AUTH <user> <pass>' : 'HELLO <proto> AUTH <user> <pass>';
    throw new RedisError(
      `NOAUTH HELLO must be called with the client already authenticated, otherwise the ${form} option can be used ` +
        'to authenticate the client and select the RESP protocol version at the same time',
    );
  }
  if (name !== undefined) client.name = name;
  client.protocol = protocol;
  return map(
    [
      [bulk('server'), bulk('redis')],
      [bulk('version'), bulk(broker.releaseName)],
      [bulk('proto'), integer(protocol)],
      [bulk('id'), integer(client.id)],
      [bulk('mode'), bulk(broker.clusterEnabled ? 'cluster' : 'standalone')],
      [bulk('role'), bulk(broker.primary ? 'replica' : 'master')],
      [bulk('modules'), EMPTY_ARRAY],
    ],
    protocol,
  );
}

function reset(client: Session): string {
  const { acl } = client.door.broker;
  client.subscriptions.drop(client.door.broker, client);
  client.door.tracking.disable(client);
  client.transaction.reset();
  client.door.stopMonitoring(client);
  client.protocol = 2;
  client.db = 0;
  client.name = '';
  if (client.door.broker.version !== '7.0') client.noEvict = false;
  client.noTouch = false;
  client.user = acl.default;
  client.loggedIn = acl.default.isOpen;
  // Where the command before it was SKIP, its own reply stays silenced.
  if (client.replyMode !== 'skip') client.replyMode = 'on';
  return '+RESET\r\n';
}

const categories = ['connection'];

export const connectionCommands: readonly Command[] = [
  command('hello -1 BFNlst', { categories, run: hello }),
  command('auth -2 BFNlst', { categories, run: auth }),
  command('reset 1 BFNlst', { categories, run: reset }),
  command('quit -1 BFNlst', { categories, run: () => OK }),
  command('ping -1 F', {
    categories,
    run: ping,
  }),
  command('echo 2 Flt', { categories, run: (_client, args) => bulk(args[1] as string) }),
  command('select 2 Flt', { categories, run: select }),
];
