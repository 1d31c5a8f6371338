/**
 * The checks that stand before every command, in the order in which Redis makes them: the first that hits answers.
 */
import { OUT_OF_MEMORY, RedisError } from '../../models/redis/index.js';
import { argumentsAt, arityFits, type Command, PENDING } from './handler.js';
import { error, OK, QUEUED } from './reply.js';
import type { Session } from './session.js';

const MULTI_EXEMPT = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);
const SUBSCRIBED_ALLOWED = new Set([
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'ssubscribe',
  'sunsubscribe',
  'ping',
  'quit',
  'reset',
]);
const TEXT_LIMIT = 128;

/** Runs one request of a connection: finds the command, checks, queues or executes, and writes the reply. */
export function dispatch(client: Session, args: readonly string[]): void {
  const name = (args[0] as string).toLowerCase();
  // Cross-protocol guard: an HTTP request must not smuggle commands.
  if (name === 'post' || name === 'host:') return client.cut();
  if (name === 'quit') {
    client.reply(OK);
    return client.close();
  }
  let command: Command;
  try {
    command = resolve(client, args);
    checkAllowed(client, command, args);
  } catch (failure) {
    if (!(failure instanceof RedisError)) throw failure;
    return refuse(client, name, failure.line);
  }
  if (client.transaction.open && !MULTI_EXEMPT.has(name)) {
    client.transaction.queue(command, args);
    client.reply(QUEUED);
  } else {
    execute(client, command, args);
  }
  // SKIP silences the command that follows it, not itself.
  if (client.replyMode === 'skip-next') client.replyMode = 'skip';
  else if (client.replyMode === 'skip') client.replyMode = 'on';
}

/** Runs a command that has passed the checks and writes its reply. */
export function execute(client: Session, command: Command, args: readonly string[]): void {
  client.lastCommand = command.name;
  client.door.monitor(client, args, command);
  client.door.stats.commands++;
  let reply: string | typeof PENDING;
  try {
    reply = (command.run as NonNullable<Command['run']>)(client, args);
  } catch (failure) {
    if (!(failure instanceof RedisError)) throw failure;
    client.door.countError(failure.line);
    reply = error(failure.line);
  }
  if (reply !== PENDING) client.reply(reply);
  if (client.transaction.running === false) client.door.afterCommand();
}

/** A check failed: the error, and an open transaction is spoilt. */
function refuse(client: Session, name: string, line: string): void {
  client.door.countError(line);
  const inTransaction = client.transaction.open;
  if (inTransaction) client.transaction.spoil();
  if (name === 'exec') {
    const reason = line.startsWith('ERR ') ? line.slice(4) : line;
    client.transaction.reset();
    client.reply(error(`EXECABORT Transaction discarded because of: ${reason}`));
  } else client.reply(error(line));
  if (client.replyMode === 'skip-next') client.replyMode = 'skip';
  else if (client.replyMode === 'skip') client.replyMode = 'on';
}

/** Finds command and subcommand and checks the number of arguments. */
export function resolve(client: Session, args: readonly string[]): Command {
  const name = (args[0] as string).toLowerCase();
  const command = client.door.commands.get(name);
  if (!command) throw new RedisError(unknownCommand(args));
  if (command.subcommands && args.length > 1) {
    const sub = command.subcommands.get((args[1] as string).toLowerCase());
    if (sub) {
      if (!arityFits(sub, args.length)) throw wrongArity(sub);
      return sub;
    }
    if (!command.run) {
      const shown = cString(args[1] as string).slice(0, TEXT_LIMIT);
      throw new RedisError(`ERR unknown subcommand '${shown}'. Try ${name.toUpperCase()} HELP.`);
    }
  }
  if (!arityFits(command, args.length)) throw wrongArity(command);
  return command;
}

function wrongArity(command: Command): RedisError {
  return new RedisError(`ERR wrong number of arguments for '${command.name}' command`);
}

function unknownCommand(args: readonly string[]): string {
  let list = '';
  for (let i = 1; i < args.length && list.length < TEXT_LIMIT; i++) {
    list += `'${cString(args[i] as string).slice(0, TEXT_LIMIT - list.length)}' `;
  }
  return `ERR unknown command '${cString(args[0] as string).slice(0, TEXT_LIMIT)}', with args beginning with: ${list}`;
}

/** The real server prints with C's `%s`: a NUL ends the text. */
function cString(text: string): string {
  const nul = text.indexOf('\0');
  return nul === -1 ? text : text.slice(0, nul);
}

function checkAllowed(client: Session, command: Command, args: readonly string[]): void {
  const base = command.name.split('|', 1)[0] as string;
  if (base === 'debug' && !client.door.broker.debugEnabled)
    throw new RedisError(notEnabled('DEBUG', 'enable-debug-command'));
  if (command.name === 'module|load') throw new RedisError(notEnabled('MODULE', 'enable-module-command'));
  if (!client.authenticated && !command.flags.has('no_auth')) throw new RedisError('NOAUTH Authentication required.');
  checkAcl(client, command, args);
  client.door.checkCluster(client, command, args);
  if (client.door.broker.overMemory(!command.flags.has('denyoom'))) throw new RedisError(OUT_OF_MEMORY);
  client.door.checkReplica(command, 'write');
  const subscribed = client.subscriptionCount + client.shardChannels.size > 0;
  if (subscribed && client.protocol === 2 && !SUBSCRIBED_ALLOWED.has(base)) {
    const allowed = '(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET';
    throw new RedisError(`ERR Can't execute '${command.name}': only ${allowed} are allowed in this context`);
  }
  client.door.checkReplica(command, 'stale');
}

function notEnabled(what: string, option: string): string {
  return (
    `ERR ${what} command not allowed. If the ${option} option is set to "local", you can run it from a local ` +
    'connection, otherwise you need to set this option in the configuration file, and then restart the server.'
  );
}

/** Command, then keys, then channels. @throws RedisError NOPERM */
export function checkAcl(client: Session, command: Command, args: readonly string[]): void {
  const problem = aclProblem(client, command, args, client.user);
  if (!problem) return;
  const old = client.door.broker.version === '7.0';
  switch (problem) {
    case 'command':
      throw new RedisError(
        old
          ? `NOPERM this user has no permissions to run the '${command.name}' command`
          : `NOPERM User ${client.user.name} has no permissions to run the '${command.name}' command`,
      );
    case 'key':
      throw new RedisError(
        old
          ? 'NOPERM this user has no permissions to access one of the keys used as arguments'
          : 'NOPERM No permissions to access a key',
      );
    case 'channel':
      throw new RedisError(
        old
          ? 'NOPERM this user has no permissions to access one of the channels used as arguments'
          : 'NOPERM No permissions to access a channel',
      );
    default:
      problem satisfies never;
  }
}

/** What a user lacks for a command, if anything. */
export function aclProblem(
  client: Session,
  command: Command,
  args: readonly string[],
  user: Session['user'],
): 'command' | 'key' | 'channel' | undefined {
  if (command.flags.has('no_auth')) return undefined;
  if (!user.mayRun(command.name, command.categories)) return 'command';
  if (!command.channels && keysOf(client, command, args).some((key) => !user.mayUseKey(key))) return 'key';
  if (command.channels) {
    const { span, pattern } = command.channels;
    const may = pattern ? (name: string) => user.mayUsePattern(name) : (name: string) => user.mayUseChannel(name);
    if (argumentsAt(span, args).some((name) => !may(name))) return 'channel';
  }
  return undefined;
}

/** The keys of a request, movable ones included. */
export function keysOf(client: Session, command: Command, args: readonly string[]): string[] {
  const movable = client.door.movableKeys.get(command.name);
  return movable ? movable(args) : argumentsAt(command.keys, args);
}

/** Rights lost between queueing and EXEC. */
export const ACL_CHANGED =
  'NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. ' +
  'This command is no longer allowed for the following reason: no permission to execute the command or subcommand';
